"""When a request may be sent, and sent again: quotas, waits, broken circuits."""
