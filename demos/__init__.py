"""Demonstrations that need more than the program itself: servers of others, on this machine."""
