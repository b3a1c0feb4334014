"""Mail: what is told to whom, sent once, and what became of it."""
