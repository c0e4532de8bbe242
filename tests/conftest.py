"""What all tests share."""

import os
import signal

from hypothesis import settings

# What is measured and logged is what production does; tests of the checks switch them on.
os.environ.setdefault("FATMORPH_DEV", "0")
# A deadline is a timing, and a slow machine is no bug; the same examples on every run of
# continuous integration make a red run repeatable.
settings.register_profile("developer", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("many", deadline=None, max_examples=20_000)
settings.load_profile("ci" if os.environ.get("CI") else "developer")

# A script's `command &` ignores SIGINT, and so would every server that a test starts and stops.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
