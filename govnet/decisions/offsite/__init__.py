"""Decisions of a meeting or an e-mail list: recorded with evidence, and standing unless somebody objects."""
