"""What all tests share: no deadline on a busy machine, and golden files are no tests.

What the harness imports on demand is imported here, once: a pytest that a test starts in this process takes what it
imported first away again when it ends, and whoever imports it later gets other classes of the same names.
"""

import importlib
import os

from hypothesis import settings

for name in ("jsonpath", "jsonschema", "referencing", "regex", "scipy.special", "yaml"):
    importlib.import_module(name)

os.environ.pop("GITHUB_ACTIONS", None)  # a run says other lines there; the tests of those set it themselves

collect_ignore_glob = ["golden/*", "*/golden/*", "proofs/*"]

settings.register_profile("house", deadline=None)
settings.load_profile("house")
