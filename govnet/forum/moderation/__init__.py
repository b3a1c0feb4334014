"""TODO moderation"""
