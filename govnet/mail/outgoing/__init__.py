"""TODO outgoing"""
