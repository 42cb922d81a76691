"""`boundary status`: what is well, what waits and what needs the therapist, at a glance."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import click

from boundary_plugins.cli.contact_show import running_values
from boundary_plugins.cli.context import (
    hours_of,
    load_config,
    load_plugins,
    now,
    opened_store,
    plugin_problems,
)
from boundary_plugins.cli.output import coloured, folded, local_text, number_of, print_json
from boundary_plugins.cli.promises import late
from boundary_plugins.cli.running import serving
from boundary_plugins.cli.working_time import clock_in_words
from boundary_plugins.config.schema import Config
from boundary_plugins.core.interval import Interval
from boundary_plugins.core.policy import Audience
from boundary_plugins.daemon.notices import LOOK
from boundary_plugins.daemon.rules import mailboxes_answered_by_provider, mailboxes_without_sent
from boundary_plugins.daemon.timetable import Timetable
from boundary_plugins.store.records import Counts, IntentState, Mode, ModeRecord, Notice
from boundary_plugins.store.repository import Store

_SHOWN_DAYS = timedelta(days=7)
#: So many clients are named in one line.
_NAMED = 5


@click.command()
@click.option("--seen", is_flag=True, help="Say that you have seen what happened; what still is so stays.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def status(seen: bool, as_json: bool) -> None:
    """Show what is well, what waits and what needs you."""
    config, at = load_config(), now()
    if seen:
        click.echo(_mark_seen(config, at))
        return
    host = load_plugins(config)
    problems = plugin_problems(config, host)
    with opened_store(config, read_only=True) as store:
        facts = _facts(config, store, hours_of(config, store, host), at)
        notices = store.notices()
    facts["sent_not_watched"] = mailboxes_without_sent(config, host)
    facts["answered_by_provider"] = mailboxes_answered_by_provider(config, host)
    host.close()
    if as_json:
        print_json(
            facts | {"clock": running_values(facts["clock"]), "problems": problems, "needs_you": notices}
        )
    else:
        for line in _lines(config, facts, problems, notices, at):
            click.echo(line)


def _mark_seen(config: Config, at: datetime) -> str:
    """Clear what happened once, and say how much that was."""
    with opened_store(config) as store:
        standing = [notice.key for notice in store.notices()]
        happened = [key for key in standing if key.startswith(LOOK)]
        if "clock" in standing:
            # Whoever has seen it says that the clock is right now.
            store.accept_clock(at)
        with store.transaction(at, check_clock=False) as transaction:
            for key in happened:
                transaction.clear_notice(key, at)
    return {0: "There was nothing new.", 1: "One notice is marked as seen."}.get(
        len(happened), f"{len(happened)} notices are marked as seen."
    )


def _facts(config: Config, store: Store, timetable: Timetable, at: datetime) -> dict[str, Any]:
    """Everything shown but the notices."""
    hours = timetable.hours_around(at)
    window = hours.window_at(at)
    next_opening = hours.next_opening(at)
    return {
        "at": at,
        "mode": store.mode(),
        "open": window.is_open,
        "until": window.interval.end if window.is_open else next_opening,
        "because": timetable.because(Interval(at, at + timedelta(seconds=1))),
        "next_opening": next_opening,
        "mailboxes": {
            table.name: serving(config, store, table.name, at)._asdict() for table in config.mailboxes
        },
        "since": at - _SHOWN_DAYS,
        "counts": store.counts(at - _SHOWN_DAYS),
        "charges_to_decide": store.charges_to_decide(at),
        "not_invoiced": Counter(entry.line.client_id for entry in store.entries_not_issued()),
        "clients": sum(client.active for client in store.clients()),
        "clock": store.running_clock(),
        "late_answers": late(store.promises(), at),
    }


def _lines(
    config: Config, facts: dict[str, Any], problems: list[str], notices: list[Notice], at: datetime
) -> list[str]:
    """All of it, for a person."""
    zone = config.practice.zone
    lines = [
        _sending(facts["mode"], zone),
        folded(_hours(facts, zone), 2),
        *_daemons(facts["mailboxes"], at),
        *_responders(facts["answered_by_provider"], facts["mode"].mode is Mode.ARMED),
        "",
        folded(f"In the last 7 days: {_counted(facts['counts'])}.", 2),
    ]
    waiting = facts["counts"].intents.get(IntentState.INTENDED, 0)
    if waiting:
        lines.append(f"Waiting to be sent: {number_of(waiting, 'response')}.")
    if charges := facts["charges_to_decide"]:
        waits = "waits" if charges == 1 else "wait"
        lines.append(f"{number_of(charges, 'charge')} {waits} for your decision: boundary charge list")
    if facts["not_invoiced"]:
        lines.append(folded(_not_invoiced(facts["not_invoiced"]), 2))
    if not facts["clients"] and config.responses.audience is Audience.CLIENTS:
        lines.append("No client is on file, so nobody is answered yet. Add one with: boundary client add")
    if facts["clock"]:
        lines.append(folded(f"{clock_in_words(facts['clock'], at)}.", 2))
    if facts["late_answers"]:
        lines.append(coloured(_late(facts["late_answers"], facts["sent_not_watched"]), "yellow"))
    unwatched = [name for name, stands in facts["mailboxes"].items() if not stands["served"]]
    return [*lines, "", *_needs(problems, notices, unwatched, zone)]


def _sending(mode: ModeRecord, zone: str) -> str:
    """Whether responses go out."""
    since = f" since {local_text(mode.since, zone)}" if mode.since else ""
    if mode.mode is Mode.ARMED:
        return coloured(f"Sending is armed{since}.", "green")
    if mode.mode is Mode.PAUSED:
        return coloured(f"Sending is paused{since}. To send again: boundary arm", "yellow")
    return coloured("Watching only: nothing is sent. To begin: boundary arm", "yellow")


def _hours(facts: dict[str, Any], zone: str) -> str:
    """Whether contact hours are open, and until when."""
    until = facts["until"]
    end = f" until {local_text(until, zone)} ({zone})" if until else ""
    because = "" if facts["open"] else f": {', '.join(facts['because'][:2])}"
    return f"Contact hours are {'open' if facts['open'] else 'closed'}{end}{because}."


def _daemons(mailboxes: dict[str, dict[str, Any]], at: datetime) -> list[str]:
    """Who serves each mailbox."""
    if not mailboxes:
        return ["No mailbox is configured."]
    lines = []
    for name, stands in mailboxes.items():
        heard = f"; last seen {_ago(at - stands['heard_at'])}" if stands["heard_at"] else ""
        if stands["served"]:
            lines.append(f"Mailbox {name} is watched{heard}.")
        else:
            lines.append(
                coloured(f"Mailbox {name} is not watched{heard}. To watch it: boundary run", "yellow")
            )
    return lines


def _responders(answered: dict[str, str], is_armed: bool) -> list[str]:
    """Which mailboxes are answered by their provider, so that the program keeps quiet."""
    when = "while contact hours are closed" if is_armed else "once sending is armed"
    return [
        folded(f"Mailbox {mailbox}: its mail server answers {when} (publisher {publisher}).", 2)
        for mailbox, publisher in answered.items()
    ]


def _not_invoiced(by_client: Mapping[str, int]) -> str:
    """What was posted and stands on no issued invoice yet."""
    number = sum(by_client.values())
    stands = "stands" if number == 1 else "stand"
    clients = list(by_client)
    more = f" and {len(clients) - _NAMED} more" if len(clients) > _NAMED else ""
    whose = f"{', '.join(clients[:_NAMED])}{more}"
    return f"{number_of(number, 'posted charge')} ({whose}) {stands} on no invoice yet: boundary invoice draft CLIENT"


def _late(number: int, unwatched: list[str]) -> str:
    """How many promised answers are late, as far as the program can see."""
    verb = "may be" if unwatched else "is" if number == 1 else "are"
    return f"{number_of(number, 'promised answer')} {verb} late: boundary promises"


def _ago(span: timedelta) -> str:
    """How long ago, roughly."""
    seconds = max(int(span.total_seconds()), 0)
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            return f"{number_of(seconds // size, unit)} ago"
    return "just now"


def _counted(counts: Counts) -> str:
    """What happened, in numbers."""
    parts = [
        number_of(counts.messages, "message"),
        f"{number_of(counts.contacts, 'contact')} from clients ({counts.out_of_boundary} outside contact hours)",
        f"{number_of(counts.intents.get(IntentState.SENT, 0), 'response')} sent",
    ]
    if counts.would_have_sent:
        parts.append(f"{counts.would_have_sent} more would have been sent")
    if set_aside := counts.intents.get(IntentState.SET_ASIDE, 0):
        parts.append(f"{set_aside} set aside")
    return ", ".join(parts)


def _needs(problems: list[str], notices: list[Notice], unwatched: list[str], zone: str) -> list[str]:
    """What needs a person, or that nothing does; never that all is well while nobody looks at a mailbox."""
    if not notices and not problems and unwatched:
        return [coloured("Nothing else needs you.", "yellow")]
    if not notices and not problems:
        return [coloured("Nothing needs you.", "green")]
    lines = [coloured("Needs you:", "red")]
    lines += [folded(f"  {problem}", 4) for problem in problems]
    lines += [folded(f"  {local_text(notice.raised_at, zone)}  {notice.text}", 4) for notice in notices]
    if any(notice.key.startswith(LOOK) for notice in notices):
        lines.append("When you have seen to these: boundary status --seen")
    return lines
