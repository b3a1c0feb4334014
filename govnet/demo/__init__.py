"""The UK network of spring 2015, as facts in data files, and the one-click sign-in of demo mode."""
