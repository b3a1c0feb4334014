"""TODO sign_in"""
