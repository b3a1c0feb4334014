"""Other words: those that others suggest, and those that the author has ready for what is open."""
