"""Who belongs: criteria, applications, memberships, organisations and who speaks for them."""
