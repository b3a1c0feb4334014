"""The shelves on which discussions stand."""
