"""What a meeting or the e-mail list decided: written down with how we know, and standing unless somebody objects."""
