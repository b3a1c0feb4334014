"""The register: decisions by number, and the ones in force."""
