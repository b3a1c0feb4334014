"""Who sits, from when until when, and by which decision."""
