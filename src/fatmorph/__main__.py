"""Run the command line: `python -m fatmorph --version`."""

from fatmorph._cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
