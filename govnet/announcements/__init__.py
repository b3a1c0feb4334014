"""Mails from officers to everybody: written, checked, sent once to each address, and kept for all to read."""
