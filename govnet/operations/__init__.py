"""Running a server: serving, backups, upgrades, checks, and the operator's page."""
