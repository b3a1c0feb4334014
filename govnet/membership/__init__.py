"""Belonging: criteria, applications, memberships, organisations and the people who speak for them."""
