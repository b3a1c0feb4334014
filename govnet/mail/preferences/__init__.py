"""TODO preferences"""
