"""Whether plugins load, and whether each mailbox, calendar and publisher opens and can be reached."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from boundary_plugins.cli.output import number_of
from boundary_plugins.core.interval import Interval
from boundary_plugins.daemon.opener import Opener, ToOpen
from boundary_plugins.daemon.programmed import Programmed, problem_and_remedy
from boundary_plugins.daemon.served import ServedClientDirectory
from boundary_plugins.daemon.timetable import ServedCalendar
from boundary_plugins.errors import BoundaryError
from boundary_plugins.host.manager import PluginHost, PluginState
from boundary_plugins.ports import Condition, Examined

_AHEAD = timedelta(days=30)


def plugins_examined(host: PluginHost) -> Iterator[Examined]:
    """The enabled plugins."""
    for problem in host.problems:
        remedy = "see its own instructions, or take it out of [plugins] enable"
        yield Examined("plugins", Condition.BROKEN, problem, remedy)
    ready = [plugin.name for plugin in host.plugins if plugin.state is PluginState.READY]
    if ready:
        yield Examined("plugins", Condition.OK, f"{', '.join(ready)} loaded")
    elif not host.problems:
        yield Examined(
            "plugins", Condition.LOOK, "none is enabled", 'name them in [plugins], such as "files"'
        )


def providers_examined(opener: Opener, at: datetime) -> Iterator[Examined]:
    """Each provider that the configuration names, tried without changing anything."""
    if not opener.config.mailboxes:
        remedy = "add a [[mailboxes]] table; see config/example.toml"
        yield Examined("mailboxes", Condition.LOOK, "no mailbox is configured, so nobody is answered", remedy)
    for one in opener.each():
        for problem in one.problems:
            yield Examined(one.title, Condition.BROKEN, str(problem), "put that line right")
        yield from _opened(one, at)
    configured = [publisher.name for publisher in opener.config.publishers]
    for name in Programmed(opener.state_directory).left_behind(configured):
        found, remedy = problem_and_remedy(opener.state_directory, name)
        yield Examined(f"publisher {name}", Condition.BROKEN, found, remedy)


def _opened(one: ToOpen, at: datetime) -> Iterator[Examined]:
    """One provider, opened, examined and closed."""
    for opens in one.opens:
        served = None
        try:
            served = opens()
            yield from _parts(one.title, served, at)
        except BoundaryError as error:
            found = str(error).removeprefix(f"{one.title}: ")
            yield Examined(one.title, Condition.BROKEN, found, "it is tried again at each look")
        finally:
            if served is not None:
                served.port.close()


def _parts(title: str, served: Any, at: datetime) -> Iterator[Examined]:
    """What the provider tells of its parts; what is only read, is read."""
    # What the shell opened is behind its guard, and every guard has this question.
    found: tuple[Examined, ...] | None = served.port.examine()
    for each in found or ():
        yield replace(each, part=f"{title}, {each.part}")
    if isinstance(served, ServedCalendar):
        yield _read(title, served, at)
    elif isinstance(served, ServedClientDirectory):
        yield _listed(title, served)
    elif found is None:
        yield Examined(title, Condition.OK, "it opens; this kind offers no closer examination")


def _read(title: str, calendar: ServedCalendar, at: datetime) -> Examined:
    """A calendar, by reading the days ahead."""
    contents = calendar.port.contents(Interval(at, at + _AHEAD))
    count = len(contents.periods)
    found = f"{count} {'entry' if count == 1 else 'entries'} in the next {_AHEAD.days} days"
    remedy = "look at them in your calendar program; an absence could hide there"
    return _partly_read(title, found, contents.set_aside, remedy)


def _listed(title: str, directory: ServedClientDirectory) -> Examined:
    """A client directory, by reading it."""
    listing = directory.port.listing()
    count = sum(bool(entry.addresses) for entry in listing.entries)
    remedy = "put these right where they are kept; nobody there is taken over meanwhile"
    found = f"{number_of(count, 'client')} with an address"
    return _partly_read(title, found, tuple(map(str, listing.refused)), remedy)


def _partly_read(title: str, found: str, unread: tuple[str, ...], remedy: str) -> Examined:
    """What was found, worth a look where a part of it cannot be read."""
    if not unread:
        return Examined(title, Condition.OK, found)
    found = f"{found}, and {len(unread)} that cannot be read"
    return Examined(title, Condition.LOOK, found, remedy, unread)
