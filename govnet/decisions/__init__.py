"""Proposals, answers, and the register of decisions. The charter's rule gives the outcome; nobody types one in."""
