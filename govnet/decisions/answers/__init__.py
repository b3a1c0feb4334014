"""Answers: given, entered for somebody, between options, and what people write beside them."""
