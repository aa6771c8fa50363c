"""What a run leaves behind: its folder, its words, and what it made at the endpoint until that is removed."""
