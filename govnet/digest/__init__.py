"""The weekly digest of the record."""
