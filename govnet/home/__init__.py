"""The first page of a network and the page about it, made of the other features in the order of a newcomer's questions."""
