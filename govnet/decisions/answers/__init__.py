"""TODO answers"""
