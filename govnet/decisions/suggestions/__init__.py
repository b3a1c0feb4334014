"""Suggestions of others, and the new version that an author has ready for an open proposal."""
