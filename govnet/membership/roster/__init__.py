"""TODO roster"""
