"""Founding a network by a file or by a form: as it was found, in one transaction."""
