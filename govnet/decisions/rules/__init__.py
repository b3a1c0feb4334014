"""What the charter makes of answers, days and texts. Pure."""
