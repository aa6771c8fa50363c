"""From scenarios to cases: modes, repeats, shards, what is planted, and what a case may take."""
