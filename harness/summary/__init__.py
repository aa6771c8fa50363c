"""A run in the forms that terminals, pipelines and other programs read: all from the record, all the same figures."""
