"""The page that answers whether a release may go out, and leads to the evidence. Reads a Run, nothing else."""
