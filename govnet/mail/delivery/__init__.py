"""TODO delivery"""
