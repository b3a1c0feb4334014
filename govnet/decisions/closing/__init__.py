"""What time does to decisions: closing, effects, trials, reviews, and the check of what was counted."""
