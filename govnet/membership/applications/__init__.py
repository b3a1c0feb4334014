"""Applications: made, vouched for, decided, appealed."""
