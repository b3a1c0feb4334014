"""Whether all is well: checks for the operator, answers for monitors, and signs of life of the workers."""
