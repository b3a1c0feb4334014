"""Pages and forms: what a browser sends, what it gets, and which language it reads."""
