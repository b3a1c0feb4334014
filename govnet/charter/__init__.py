"""Networks, and the charter that each lives by: typed rules in versions that decisions put into force."""
