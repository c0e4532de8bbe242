"""What all tests share."""

import os

from hypothesis import settings

# A deadline is a timing, and a slow machine is no bug; the same examples on every run of
# continuous integration make a red run repeatable.
settings.register_profile("developer", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "developer")
