"""The ground for every feature; knows no feature."""
