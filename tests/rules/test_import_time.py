"""`import fatmorph` is cheap: who only writes markup pays for markup only."""

import json
import subprocess
import sys

import fatmorph

# What a server, a test or a client needs, but no view.
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


def test_every_name_that_the_library_lists_is_there() -> None:
    missing = [name for name in fatmorph.__all__ if not hasattr(fatmorph, name)]

    assert missing == []


def test_dir_shows_every_name_that_the_library_lists() -> None:
    assert set(fatmorph.__all__) <= set(dir(fatmorph))
