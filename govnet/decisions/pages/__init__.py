"""The pages of proposals and decisions: they show what all other rooms hold."""
