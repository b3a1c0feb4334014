"""Running a server: founding, serving, backups, upgrades, checks, and the operator's page."""
