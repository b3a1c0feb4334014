"""Drafts: what is written together before it is asked."""
