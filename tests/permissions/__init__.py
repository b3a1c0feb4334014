"""Who may do what, over the whole table and every route."""
