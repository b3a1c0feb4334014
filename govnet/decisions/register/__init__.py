"""The register: decisions by number, and what holds today."""
