"""Proposals: asked, reworded, taken back, and named for offices."""
