"""How hypothesis looks for counter-examples: anew on a desk, repeatably where changes land."""

import os

from hypothesis import settings

# Time is measured in bench/, never asserted in tests: a slow machine is no counter-example.
settings.register_profile("desk", deadline=None)
settings.register_profile("landing", deadline=None, derandomize=True)
settings.load_profile("landing" if os.environ.get("CI") else "desk")
