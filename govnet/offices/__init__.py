"""Offices: who sits, from when until when, and by which decision."""
