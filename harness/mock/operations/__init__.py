"""What the service does, a file for each resource: a room and a request in, an answer out; no transport."""
