"""TODO memberships"""
