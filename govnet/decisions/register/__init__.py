"""TODO register"""
