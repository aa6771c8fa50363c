"""What a scenario demands: subjects, and what must hold of them."""
