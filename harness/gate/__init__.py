"""The policy of a release: what a run must show, and whether it did."""
