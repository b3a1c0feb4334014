"""The first page of a network and the page about it: what the other features say, in the order of a newcomer's questions."""
