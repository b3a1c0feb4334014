"""The coordinator: a mandate given by decision, its reports, and its end."""
