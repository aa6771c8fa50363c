"""What all tests share: no deadline on a busy machine, and golden files are no tests."""

from hypothesis import settings

collect_ignore_glob = ["golden/*", "*/golden/*"]

settings.register_profile("house", deadline=None)
settings.load_profile("house")
