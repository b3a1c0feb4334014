"""Memberships: begun, confirmed, renewed, ended."""
