"""Talk between people: topics, threads, posts, and the handling of unacceptable ones in the open."""
