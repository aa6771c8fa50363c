"""An earlier run against a later one: which case answers to which, and what may be said of the difference."""
