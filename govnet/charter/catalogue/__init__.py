"""Every rule that a network can set, one file a chapter. Pure data."""
