"""Serve the application while you work on it: each change restarts it, and open pages follow."""

import os
from pathlib import Path
from runpy import run_path

from watchfiles import Change, DefaultFilter, run_process

FOLDER = Path(__file__).parent


class SourceFilter(DefaultFilter):
    """Watch code and static files, but not the data that the application writes."""

    def __call__(self, change: Change, path: str) -> bool:
        return path.endswith((".py", ".css", ".js", ".svg")) and super().__call__(change, path)


def serve() -> None:
    run_path(str(FOLDER / "main.py"), run_name="__main__")


if __name__ == "__main__":
    os.environ.setdefault("FATMORPH_DEV", "1")  # errors and mistakes are shown in the page
    run_process(FOLDER, target=serve, watch_filter=SourceFilter())
