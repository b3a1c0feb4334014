"""Handing mails to the mail server, and what its answers change."""
