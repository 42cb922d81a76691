"""The suppression rules that look at who sent a message, and to whom."""

from boundary_plugins.core.address import in_domains, is_forwarding_path, is_own, is_system_address
from boundary_plugins.core.circumstances import Circumstances, Finding
from boundary_plugins.core.client import AutoReply
from boundary_plugins.core.fact import UNKNOWN
from boundary_plugins.core.headers import is_address, reverse_path
from boundary_plugins.core.message import RECIPIENT_FIELDS, addressed_own
from boundary_plugins.core.policy import Audience

_PARSABLE = Finding(False, "it has a header block")
_UNPARSABLE = Finding(True, "no header block could be read")


def unparsable(circumstances: Circumstances) -> Finding:
    """RFC 5322, section 2.1: without header fields there is nothing to judge, and nobody to answer."""
    return _UNPARSABLE if circumstances.message.headers is None else _PARSABLE


_NULL_PATH = Finding(True, "its reverse-path is the null one, as that of every bounce is")
_PATH = Finding(False, "its reverse-path is not the null one")
_NO_PATH = Finding(False, "no Return-Path field; a missing one is not the null one")
_PATH_UNKNOWN = Finding(None, "the mailbox does not give the reverse-path")


def null_reverse_path(circumstances: Circumstances) -> Finding:
    """RFC 3834, section 2: never answer the null reverse-path; RFC 5321, section 4.5.5, says who uses it."""
    message = circumstances.message
    envelope = message.envelope_sender
    if envelope is not UNKNOWN and not reverse_path(envelope):
        return _NULL_PATH
    values = message.headers.all("return-path") if message.headers else ()
    if values is UNKNOWN:
        return _PATH_UNKNOWN if envelope is UNKNOWN else _PATH
    for value in values:
        if not reverse_path(value):
            return _NULL_PATH
    return _PATH if values or envelope is not UNKNOWN else _NO_PATH


_SENDER = Finding(False, "its reverse-path or its From holds a usable address")
_NO_SENDER = Finding(True, "neither its reverse-path nor its From holds a usable address")
_SENDER_UNKNOWN = Finding(None, "the mailbox does not give every field that names the sender")


def no_sender(circumstances: Circumstances) -> Finding:
    """RFC 3834, section 4: the response goes to the reverse-path, else to From; one must be usable."""
    path, authors = circumstances.reverse_path, circumstances.authors
    if path and path is not UNKNOWN and is_address(path):
        return _SENDER
    if authors and authors is not UNKNOWN:
        return _SENDER
    return _SENDER_UNKNOWN if path is UNKNOWN or authors is UNKNOWN else _NO_SENDER


_OWN = Finding(True, "an own address sent it")
_NOT_OWN = Finding(False, "no own address sent it")


def own_address(circumstances: Circumstances) -> Finding:
    """RFC 5230, section 4.6: never answer the own addresses.

    A path that an own mailbox's forwarding wrote says nothing about who sent the message.
    """
    own, path, authors = circumstances.policy.own_addresses, circumstances.reverse_path, circumstances.authors
    if authors is not UNKNOWN:
        for author in authors:
            if is_own(author, own):
                return _OWN
    if path and path is not UNKNOWN and is_own(path, own) and not is_forwarding_path(path):
        return _OWN
    return _SENDER_UNKNOWN if authors is UNKNOWN or path is UNKNOWN else _NOT_OWN


_SYSTEM = Finding(True, "such a sender address belongs to a program")
_NO_SYSTEM = Finding(False, "the sender address is not one that only programs use")


def system_address(circumstances: Circumstances) -> Finding:
    """RFC 3834, section 2, and RFC 5230, section 4.6: MAILER-DAEMON, owner-…, …-request and their kin."""
    path, authors = circumstances.reverse_path, circumstances.authors
    if path and path is not UNKNOWN and is_system_address(path):
        return _SYSTEM
    if authors is not UNKNOWN:
        for author in authors:
            if is_system_address(author):
                return _SYSTEM
    return _SENDER_UNKNOWN if path is UNKNOWN or authors is UNKNOWN else _NO_SYSTEM


_PLATFORM = Finding(True, "a therapy or practice platform's notification")
_NO_PLATFORM = Finding(False, "its sender is none of the known platforms")


def platform_notification(circumstances: Circumstances) -> Finding:
    """RFC 3834, section 2: a platform's notification is a program's, whoever stands behind it."""
    platforms, path, authors = (
        circumstances.policy.platforms,
        circumstances.reverse_path,
        circumstances.authors,
    )
    if authors is not UNKNOWN:
        for author in authors:
            if in_domains(author, platforms):
                return _PLATFORM
    if path and path is not UNKNOWN and in_domains(path, platforms):
        return _PLATFORM
    return _SENDER_UNKNOWN if authors is UNKNOWN or path is UNKNOWN else _NO_PLATFORM


_ADDRESSED = Finding(False, "it was written or delivered to an own address")
_NOT_ADDRESSED = Finding(True, "no own address in To, Cc or the delivered-to fields")
_RECIPIENTS_UNKNOWN = Finding(None, "the mailbox does not give every field that names the recipients")


def not_addressed(circumstances: Circumstances) -> Finding:
    """RFC 5230, section 4.5: an own address must be named, in To, Cc, Bcc, Resent-… or at delivery."""
    message = circumstances.message
    if addressed_own(message, circumstances.policy.own_addresses) is not None:
        return _ADDRESSED
    headers = message.headers
    if headers is not None and any(headers.all(name) is UNKNOWN for name in RECIPIENT_FIELDS):
        return _RECIPIENTS_UNKNOWN
    return _NOT_ADDRESSED


_STRANGER = Finding(True, "the sender is not a client on file")
_CLIENT = Finding(False, "the sender is a client on file")
_EVERYONE = Finding(False, "everyone is answered, clients and strangers alike")


def stranger(circumstances: Circumstances) -> Finding:
    """Policy: only clients on file are answered, unless the audience is everyone."""
    if circumstances.policy.audience is Audience.EVERYONE:
        return _EVERYONE
    return _STRANGER if circumstances.client is None else _CLIENT


_INACTIVE = Finding(True, "this client is no longer active")
_NEVER = Finding(True, "this client wants no automatic response")
_AGREED = Finding(False, "this client accepts automatic responses")
_NO_CLIENT = Finding(False, "no client on file who could have opted out")


def client_opted_out(circumstances: Circumstances) -> Finding:
    """Policy: what the client agreed to holds (mission, promise 7)."""
    client = circumstances.client
    if client is None:
        return _NO_CLIENT
    if not client.active:
        return _INACTIVE
    return _NEVER if client.auto_reply is AutoReply.NEVER else _AGREED
