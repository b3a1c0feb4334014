"""Drafts: proposals written together before they open."""
