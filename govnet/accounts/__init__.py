"""What a signed-in person does for herself: the page You, data, security, mail, and her end here."""
