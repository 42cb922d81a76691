"""One client as another system names them: an address book, a list, a practice's own records."""

from dataclasses import dataclass

from boundary_plugins.core.client import AutoReply


@dataclass(frozen=True, slots=True)
class ClientEntry:
    """One client as another system has them; None is what it does not say.

    `place` tells a person where it stands ("clients.csv:12"). `id` is the system's own number of the
    client; where it has none, an id is made of `initials`, for a name never leaves the plugin. The other
    fields are those of `Client`; an entry without an address is no client yet.
    """

    place: str
    addresses: tuple[str, ...]
    id: str | None = None
    initials: str = ""
    zone: str | None = None
    language: str | None = None
    region: str | None = None
    auto_reply: AutoReply | None = None
    active: bool | None = None
