"""Every template of `fatmorph init` on every server: tests, page, style, lint and types."""

import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from fatmorph._cli.blueprints import SERVERS, TEMPLATES
from fatmorph._cli.project import project_files
from made_projects import COMBINATIONS, made_project, run
from servers import running

TITLES = {"tiles": "Tiles · 0 painting", "hello": "0 · Hello", "app": "Log in · Books"}


# Every template and every server: `main.py` has the routes alone, so the rest is the same.
CHOSEN = [
    *((template, "starlette") for template in TEMPLATES),
    *(("app", server) for server in SERVERS if server != "starlette"),
]


@pytest.mark.parametrize(("template", "server"), CHOSEN)
def test_the_tests_of_a_new_project_pass_and_its_page_is_served(
    template: str, server: str, tmp_path: Path
) -> None:
    project = made_project(tmp_path, template, server)

    printed = run("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=project)
    with running([sys.executable, "main.py"], cwd=project) as serving:
        page = urlopen(serving.base_url).read().decode()
        style = urlopen(f"{serving.base_url}/static/style.css").read()

    assert " passed in " in printed
    assert f"<title>{TITLES[template]}</title>" in page
    assert style == (project / "static" / "style.css").read_bytes()


def test_the_code_of_new_projects_has_no_findings_of_ruff(tmp_path: Path) -> None:
    for template, server in COMBINATIONS:
        made_project(tmp_path, template, server)

    run("-m", "ruff", "check", "--no-cache", ".", cwd=tmp_path)
    run("-m", "ruff", "format", "--no-cache", "--check", ".", cwd=tmp_path)


@pytest.mark.timeout(300)
def test_the_code_of_new_projects_has_no_findings_of_mypy(tmp_path: Path) -> None:
    cache = tmp_path / "cache"  # of the libraries, which all projects import
    for template in TEMPLATES:
        project = made_project(tmp_path, template, "starlette")
        for server in SERVERS:  # only this file differs
            main = project_files("shop", template, server)["main.py"]
            (project / f"main_{server}.py").write_bytes(main)

        run("-m", "mypy", "--cache-dir", str(cache), cwd=project)
