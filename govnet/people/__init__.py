"""People and their addresses: the ground for every other feature."""
