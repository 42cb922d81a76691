"""How a calendar on a server stands, for `boundary doctor`: reached as in real use, and nothing changed."""

from collections.abc import Iterator

from boundary_caldav.client import Client, SignedIn
from boundary_caldav.collection import Collection
from boundary_caldav.discovery import calendars, find_calendar
from boundary_caldav.elements import Privileges
from boundary_caldav.parse import DAV
from boundary_plugins import AuthorizationNeeded, BoundaryError, Condition, Examined, Refused

_WRITES = ("write", "write-content", "bind", "all")


def examined(signed_in: SignedIn, wanted: str, *, is_written: bool = False) -> tuple[Examined, ...]:
    """Whether the account signs in, whether its calendar is found, and (`is_written`) may be written."""
    try:
        return tuple(signed_in.ask(lambda client: tuple(_parts(client, wanted, is_written))))
    except BoundaryError as error:
        return (broken(signed_in, error),)


def broken(signed_in: SignedIn, error: BoundaryError) -> Examined:
    """What was found wrong, and what to do."""
    found = str(error).removeprefix(f"{signed_in.name}: ")
    remedy = "see that the server can be reached from here"
    if isinstance(error, AuthorizationNeeded):
        remedy = signed_in.remedy
    elif isinstance(error, Refused):
        remedy = "put url or calendar right"
    return Examined("calendar server", Condition.BROKEN, found, remedy)


def _parts(client: Client, wanted: str, is_written: bool) -> Iterator[Examined]:
    """The server, and the calendar on it."""
    try:
        found = find_calendar(client, wanted)
    except Refused as error:
        names = tuple(one.name or one.path for one in calendars(client))
        problem = str(error).removeprefix(f"{client.name}: ")
        yield Examined("calendar server", Condition.BROKEN, problem, "put url or calendar right", names)
        return
    yield _of_written(client, found.path) if is_written else _of_read(client, found.path)


def _of_read(client: Client, path: str) -> Examined:
    """How a calendar that is read is followed."""
    can_sync = Collection(client, path).can_sync()
    way = "the server tells what changed" if can_sync else "its entries are compared by their tags"
    return Examined("calendar server", Condition.OK, f"the calendar is found; {way}")


def _of_written(client: Client, path: str) -> Examined:
    """Whether a calendar may be written."""
    if _may_write(client, path):
        return Examined("calendar server", Condition.OK, "the calendar is found, and may be written")
    remedy = "share it with this account for writing, or name another one"
    return Examined("calendar server", Condition.BROKEN, "this account may not write to the calendar", remedy)


def _may_write(client: Client, path: str) -> bool:
    """Whether the account may write; believed where the server does not say."""
    found = client.properties(path, [Privileges()])
    name = f"{DAV}current-user-privilege-set"
    if not found or name not in found[0].properties:
        return True
    return any(found[0].has_within(name, f"{DAV}{privilege}") for privilege in _WRITES)
