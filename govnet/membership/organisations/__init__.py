"""TODO organisations"""
