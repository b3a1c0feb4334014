"""Proposals: asked, reworded, taken back, named for offices, or decided elsewhere."""
