"""What an endpoint has, asked in the smallest way."""
