"""Bytes as they came. Knows HTTP and SSE, and has never heard of a response."""
