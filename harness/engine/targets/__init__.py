"""Where scenarios run: the targets that there are, how they are chosen, and the credentials that open them."""
