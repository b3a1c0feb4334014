"""Reports, hiding in the open, and appeals."""
