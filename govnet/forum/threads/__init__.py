"""TODO threads"""
