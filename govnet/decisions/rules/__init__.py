"""The charter's rules applied to answers, days and texts. Pure."""
