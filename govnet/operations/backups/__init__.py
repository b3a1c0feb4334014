"""Backups: taken, kept, and put back without bringing anybody back or sending anything twice."""
