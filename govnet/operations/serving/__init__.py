"""The processes: the web server with its socket, and the worker."""
