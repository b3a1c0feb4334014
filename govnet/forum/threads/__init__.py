"""Discussions and the posts in them."""
