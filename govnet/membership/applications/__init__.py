"""TODO applications"""
