"""TODO incoming"""
