"""TODO catalogue"""
