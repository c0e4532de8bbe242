"""The packages of a release: their files, and a project that is made and installed from them."""

import os
import site
import sysconfig
import venv
import zipfile
from pathlib import Path
from shutil import copyfile

import pytest

from made_projects import ENVIRONMENT, run
from rules.source_tree import ROOT, tracked_files

BUILD = "import sys; sys.path[:0] = ['.ci']; import build_engine as b; b.build_sdist(sys.argv[1])"
# Without a compiler the C engine is left out, which saves time.
WITHOUT_COMPILER = {**ENVIRONMENT, "CC": "false"}
SUFFIX = sysconfig.get_config_var("EXT_SUFFIX")
NOTE = Path(f"fatmorph/markup/_core_c{SUFFIX}").with_suffix(".txt").as_posix()
INSTALL = "apt-get install gcc python3-dev  (a C compiler and Python's header files)"


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a source distribution of the tracked files, a wheel of that, and return the folder."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheels")
    for path in tracked_files():
        copied = source / path.relative_to(ROOT)
        copied.parent.mkdir(parents=True, exist_ok=True)
        copyfile(path, copied)
    run("-c", BUILD, str(built), cwd=source)
    (archive,) = built.glob("*.tar.gz")
    options = ("--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(built))
    run("-m", "pip", "wheel", *options, str(archive), cwd=built, env=WITHOUT_COMPILER)
    archive.unlink()
    return built


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """Return the Python of a new environment, which sees the packages of this one."""
    folder = tmp_path / "environment"
    venv.create(folder)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    print_own = "import site; print(site.getsitepackages()[0])"
    own = run("-c", print_own, python=scripts / "python", cwd=tmp_path).strip()
    Path(own, "others.pth").write_text(site.getsitepackages()[0], encoding="utf-8")
    return scripts / "python"


def test_the_wheel_has_every_file_of_the_package(wheels: Path) -> None:
    (wheel,) = wheels.glob("*.whl")
    package = ROOT / "src"

    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}

    files = {path for path in tracked_files() if path.is_relative_to(package)}
    assert packed - {NOTE} == {
        path.relative_to(package).as_posix() for path in files if path.suffix not in {".c", ".h"}
    }


def test_the_version_says_why_the_c_engine_was_not_built(
    wheels: Path, python: Path, tmp_path: Path
) -> None:
    pip = ("-m", "pip", "--python", str(python), "install", "-q", "--no-index", "--no-deps")

    run(*pip, "--find-links", str(wheels), "--ignore-installed", "fatmorph", cwd=tmp_path)
    _, *lines = run("-m", "fatmorph", "--version", python=python, cwd=tmp_path).splitlines()

    assert lines == [
        "the C engine was not built",
        "  why:   the compiler 'false' ended with status 1",
        f"  fix:   {INSTALL}",
        "         pip install --force-reinstall --no-deps fatmorph",
    ]


def test_a_project_is_made_and_installed_from_a_wheel(
    wheels: Path, python: Path, tmp_path: Path
) -> None:
    project = tmp_path / "shop"
    # This environment's own pip, which needs no network for what is there.
    pip = ("-m", "pip", "--python", str(python), "install", "-q", "--no-index")
    install = (*pip, "--find-links", str(wheels))

    run(*install, "--no-deps", "--ignore-installed", "fatmorph", cwd=tmp_path)
    run("-m", "fatmorph", "init", "shop", python=python, cwd=tmp_path)
    run(*install, "--no-build-isolation", "-e", ".[dev]", cwd=project)
    library = run("-c", "import fatmorph; print(fatmorph.__file__)", python=python, cwd=project)
    printed = run("-m", "pytest", "-q", python=python, cwd=project)

    assert Path(library).is_relative_to(python.parents[1])
    assert " passed in " in printed
