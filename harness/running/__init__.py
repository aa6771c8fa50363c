"""Scenarios as pytest runs them: what one pytest process does for our files, from its options to its last line."""
