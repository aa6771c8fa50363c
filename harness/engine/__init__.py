"""Many cases, from plan to verdict: which there are, how each is conducted, and all of them at once."""
