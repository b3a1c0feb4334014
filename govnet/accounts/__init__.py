"""People: how they sign in, what they prefer, and what is theirs."""
