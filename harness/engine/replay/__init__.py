"""Runs that are played again: what was recorded answers."""
