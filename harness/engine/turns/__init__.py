"""What one turn does: how its request is made and sent, and how its answer goes on."""
