"""Everything fails once: each act is tried with the database, the mail server or the disk failing at its first, second, ... step.

A drawn part runs with all tests; FAULTS=all runs every one (`make faults`), FAULTS=SEED draws another part.
"""
