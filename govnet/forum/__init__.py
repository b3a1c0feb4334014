"""What people say to each other: topics, threads, posts, and how what should not stand is dealt with in the open."""
