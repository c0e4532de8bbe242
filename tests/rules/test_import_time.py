"""`import fatmorph` is cheap: programs that only write markup load only markup."""

import json
import subprocess
import sys

import fatmorph

# Modules that servers, tests or clients need, but views do not.
HEAVY = {
    "aiohttp",
    "anyio",
    "asyncio",
    "django",
    "fastapi",
    "h11",
    "litestar",
    "multiprocessing",
    "nats",
    "playwright",
    "pydantic",
    "pytest",
    "quart",
    "redis",
    "sanic",
    "ssl",
    "starlette",
    "uvicorn",
    "uvloop",
}
PROGRAM = "import json, sys; import fatmorph; print(json.dumps(sorted(sys.modules)))"


def test_importing_the_library_imports_neither_asyncio_nor_a_framework() -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True
    )

    imported = {name.partition(".")[0] for name in json.loads(result.stdout)}

    assert imported & HEAVY == set()
    assert "fatmorph" in imported


def test_every_name_in_all_exists() -> None:
    missing = [name for name in fatmorph.__all__ if not hasattr(fatmorph, name)]

    assert missing == []


def test_dir_shows_every_name_in_all() -> None:
    assert set(fatmorph.__all__) <= set(dir(fatmorph))
