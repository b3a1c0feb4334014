"""TODO digest"""
