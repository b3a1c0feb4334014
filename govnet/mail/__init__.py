"""Mail: notices to people, sent once, and their fate."""
