"""Pages that a signed-in person has for themselves: You, data, security, mail, and the end of the account."""
