"""What the Responses API is: its words, the grammar of its streams, the shape of its answers. No I/O."""
