"""Who holds what, from when until when, and by which decision."""
