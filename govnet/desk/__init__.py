"""The officers' desk: what waits for them, oldest first."""
