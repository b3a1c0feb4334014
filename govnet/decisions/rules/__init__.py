"""TODO rules"""
