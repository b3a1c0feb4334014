"""Effects of time on decisions: closing, effects, trials, reviews, and the check of the count."""
