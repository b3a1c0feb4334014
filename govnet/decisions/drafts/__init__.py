"""TODO drafts"""
