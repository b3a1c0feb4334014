"""Rights, over the whole table and every route."""
