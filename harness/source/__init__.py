"""Files that people write: strict YAML with the place of everything, and diagnostics that point at it."""
