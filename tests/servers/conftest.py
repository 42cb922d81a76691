"""The servers that are tested here themselves."""

from servers.dovecot import dovecot

__all__ = ["dovecot"]
