"""How much mail the owner of an address wants, and how to stop it from any mail."""
