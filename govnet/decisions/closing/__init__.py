"""TODO closing"""
