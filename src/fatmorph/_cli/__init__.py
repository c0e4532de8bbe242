"""The command line: `python -m fatmorph`."""
