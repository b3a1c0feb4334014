"""TODO proposals"""
