"""The append-only record of everything that happened, and tables derived from it."""
