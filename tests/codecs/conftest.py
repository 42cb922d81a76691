"""What executes Sieve scripts, from the tests' servers."""

from servers.pigeonhole import pigeonhole

__all__ = ["pigeonhole"]
