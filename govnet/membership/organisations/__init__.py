"""Organisations that belong, and who speaks for them."""
