"""The committee: its places, who may hold them, and what decisions make of them."""
