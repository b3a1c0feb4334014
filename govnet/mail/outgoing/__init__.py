"""Making mails, from an entry of the record to one delivery a recipient."""
