"""The real Datastar client for tests and benchmarks, fetched once into the ignored `.cache/`.

Two wheels carry official bundles unchanged; the checksum is verified on every use, so that no
test ever runs another client unnoticed. `FATMORPH_DATASTAR=path/to/datastar.js` names another
client for everything that does not ask for a version, without a checksum.

    python tests/browser/datastar_bundle.py          prints the path
    python tests/browser/datastar_bundle.py 1.0.4    prints the path of that version
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

__all__ = ("DEFAULT_VERSION", "BundleUnavailableError", "datastar_bundle_path")

DEFAULT_VERSION = "1.0.1"
CACHE = Path(__file__).parents[2] / ".cache" / "datastar"
FETCH_SECONDS = 300


@dataclass(frozen=True)
class _Source:
    """The source of one official bundle."""

    sha256: str
    requirement: str
    member: str


SOURCES = {
    "1.0.1": _Source(
        sha256="54768cf34985be0229c7229f1df9469fbd32e2a0c09b4a3f1e81ad8c4d6840da",
        requirement="stario==3.4.0",
        member="stario/cli/templates/tiles/static/js/datastar.js",
    ),
    "1.0.4": _Source(
        sha256="727844adfc825ee651fb93c544a2a739986f9a21820a94524b35f0cac470cf91",
        requirement="stario-create==5.2.0",
        member="stario_create/vendor/datastar.js",
    ),
}


class BundleUnavailableError(Exception):
    """Report that the bundle is neither in the cache nor can be fetched."""


def datastar_bundle_path(version: str | None = None) -> Path:
    """Return the path of an official Datastar bundle, fetched on the first call.

    Args:
        version: One of `SOURCES`; None for the file that `FATMORPH_DATASTAR` names, or else the
            default version.

    Raises:
        BundleUnavailableError: No package index answers, the file is not the official one, or
            `FATMORPH_DATASTAR` names no file.
    """
    named = os.environ.get("FATMORPH_DATASTAR")
    if version is None and named:
        return _named_file(named)
    version = version or DEFAULT_VERSION
    source = SOURCES[version]
    cached = CACHE / version / "datastar.js"
    if not (cached.is_file() and _is_official(cached.read_bytes(), source)):
        cached.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cached.parent) as folder:
            _fetched_bundle(Path(folder), source).replace(cached)
    return cached


def _named_file(named: str) -> Path:
    path = Path(named).resolve()  # servers run in folders of their own
    if not path.is_file():
        raise BundleUnavailableError(f"FATMORPH_DATASTAR names no file: {path}")
    return path


def _is_official(content: bytes, source: _Source) -> bool:
    return hashlib.sha256(content).hexdigest() == source.sha256


def _fetched_bundle(folder: Path, source: _Source) -> Path:
    content = _wheel_member(_downloaded_wheel(folder, source.requirement), source.member)
    if not _is_official(content, source):
        raise BundleUnavailableError(
            f"{source.member} of {source.requirement} has the SHA-256 "
            f"{hashlib.sha256(content).hexdigest()}, expected {source.sha256}"
        )
    fetched = folder / "datastar.js"
    fetched.write_bytes(content)
    return fetched


def _downloaded_wheel(folder: Path, requirement: str) -> Path:
    # The packages ask for a newer Python than ours: the wheels are only read, never installed.
    options = ("--no-deps", "--only-binary=:all:", "--python-version", "3.14", "--quiet")
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder)]
    try:
        subprocess.run(
            [*command, requirement],
            check=True,
            capture_output=True,
            text=True,
            timeout=FETCH_SECONDS,
        )
        return next(folder.glob("*.whl"))
    except subprocess.CalledProcessError as error:
        lines = error.stderr.strip().splitlines() or ["pip printed nothing"]
        raise BundleUnavailableError(f"{requirement} cannot be fetched: {lines[-1]}") from error
    except subprocess.TimeoutExpired as error:
        raise BundleUnavailableError(
            f"{requirement} was not fetched within {FETCH_SECONDS} s"
        ) from error


def _wheel_member(wheel: Path, member: str) -> bytes:
    try:
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(member)
    except (KeyError, zipfile.BadZipFile) as error:
        raise BundleUnavailableError(f"{wheel.name} has no member {member}") from error


if __name__ == "__main__":
    print(datastar_bundle_path(*sys.argv[1:]))
