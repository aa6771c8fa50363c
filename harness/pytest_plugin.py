"""The pytest plugin's door: light, until one of our files is collected."""
