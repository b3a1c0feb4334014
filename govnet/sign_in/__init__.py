"""Signing in: links by mail, digits, passwords, sessions, and a move to another address."""
