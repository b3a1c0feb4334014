"""People and their addresses: what every other feature stands on."""
