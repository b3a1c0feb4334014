"""Ratios, each measured in one run against something bare."""
