"""Mail that comes in: taken, read in a process of its own, and done."""
