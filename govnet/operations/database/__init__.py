"""The tables: made, upgraded, compared with the models, and looked through by the worker."""
