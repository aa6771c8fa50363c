"""The parts of the report: each file builds plain data from a Run, its template beside it shows them."""
