"""`boundary explain`: judges messages in files as the daemon would at their arrival, and changes nothing."""

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring
from pathlib import Path

import click

from boundary_plugins.cli.archive import archived
from boundary_plugins.cli.context import hours_of, load_config, load_plugins
from boundary_plugins.cli.output import number_of, progress, utc_text
from boundary_plugins.codecs.mime import response_fields
from boundary_plugins.codecs.mime_dates import EARLIEST, LATEST
from boundary_plugins.core.circumstances import Reason
from boundary_plugins.core.contact import Contact
from boundary_plugins.core.message import message_id_of, subject_of
from boundary_plugins.core.response import Response, message_id_for
from boundary_plugins.daemon.explaining import Explained, Explainer
from boundary_plugins.daemon.past import past_of
from boundary_plugins.daemon.rules import judge_for, renderer_for, sees_sent
from boundary_plugins.rendering import Renderer

#: The objects of the result as JSON; made once, because making an encoder costs more than using it.
_json = json.JSONEncoder(ensure_ascii=False).encode
#: A text as JSON, the same as the encoder writes.
_text = encode_basestring
#: The same texts of responses, own addresses and names of topics come again and again.
_known_text = lru_cache(maxsize=512)(_text)
_BOOLEANS = {True: "true", False: "false"}
_FOLD = "\r\n "


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option(
    "--at", "at_text", metavar="INSTANT", help="Judge as if it had arrived then (2026-11-24T20:00-05:00)."
)
@click.option("--as-client", is_flag=True, help="Treat every sender as a client on file.")
@click.option(
    "--replay", is_flag=True, help="In the order of arrival, each with the history of those before."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with every reason.")
def explain(
    paths: tuple[Path, ...], at_text: str | None, as_client: bool, replay: bool, as_json: bool
) -> None:
    """Judge messages in files, and change nothing.

    PATH is an .eml file, an mbox, a Maildir or a folder of .eml files, large ones too.
    """
    config = load_config()
    at = _instant(at_text) if at_text else None
    with closing(past_of(config)) as past:
        host = load_plugins(config)
        timetable = hours_of(config, past, host, without_network=True)
        explainer = Explainer(
            judge=judge_for(config, host, timetable),
            past=past,
            mailbox=config.mailboxes[0].name if config.mailboxes else "",
            at=at,
            as_client=as_client,
            trusted_received_hop=config.mailboxes[0].trusted_received_hop if config.mailboxes else 0,
            watches_sent=sees_sent(config, host),
        )
        # Lines that scroll over the same terminal show the progress themselves.
        mail = archived(paths) if sys.stdout.isatty() else progress(archived(paths), "Judging")
        results = explainer.replayed(mail) if replay else explainer.explained(mail)
        lines = _json_lines(results, renderer_for(config)) if as_json else _words(results)
        write = sys.stdout.write
        for line in lines:
            write(line)


def _instant(text: str) -> datetime:
    """An instant with its offset. Raises click.BadParameter naming what is allowed."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.utcoffset() is None or not EARLIEST <= at < LATEST:
        raise click.BadParameter(
            f"{text!r} is no instant of mail; allowed: a date and time with its offset, from 1970 to 2199, "
            "such as 2026-11-24T20:00-05:00",
            param_hint="--at",
        )
    return at.astimezone(UTC)


def _words(results: Iterator[Explained]) -> Iterator[str]:
    """A few lines for a person: the file, the decision, the first reason."""
    answered = number = 0
    for result in results:
        decision = result.decision
        number += 1
        answered += decision.respond
        verb = "answer " if decision.respond else "silence"
        because = next(
            (reason.because for reason in decision.reasons if reason.rule == decision.reason), None
        )
        because = because or "a client wrote outside contact hours"
        # The rule `crisis` says so itself.
        told = decision.crisis and decision.reason != "crisis"
        crisis = "; the therapist is told of a crisis" if told else ""
        yield f"{verb}  {decision.reason:<22} {result.path}#{result.index}: {because}{crisis}\n"
    yield f"{number_of(number, 'message')}, {answered} would be answered.\n"


def _json_lines(results: Iterator[Explained], renderer: Renderer) -> Iterator[str]:
    """One object a line."""
    for result in results:
        decision = result.decision
        yield (
            f'{{"path": {_text(result.path)}, "index": {result.index}, '
            f'"message_id": {_text_or_null(message_id_of(result.message))}, '
            f'"respond": {"true" if decision.respond else "false"}, "reason": {_text(decision.reason)}, '
            f'"reasons": {_reasons(decision.reasons)}, '
            f'"contact": {_contact(decision.contact)}, '
            f'"response": {_response(result, decision.response, renderer)}}}\n'
        )


@lru_cache(maxsize=512)
def _reasons(reasons: tuple[Reason, ...]) -> str:
    """Reasons as JSON; the same lists come again and again."""
    return _json([reason._asdict() for reason in reasons])


def _text_or_null(text: str | None) -> str:
    """A text as JSON, or null."""
    return "null" if text is None else _text(text)


def _contact(contact: Contact | None) -> str:
    """A contact as JSON."""
    if contact is None:
        return "null"
    return (
        f'{{"client": {_text_or_null(contact.client_id)}, "channel": {_known_text(contact.channel.value)}, '
        f'"topic": {_known_text(contact.topic)}, "arrived_at": "{utc_text(contact.arrived_at)}", '
        f'"out_of_boundary": {_BOOLEANS[contact.out_of_boundary]}, '
        f'"window_start": "{_bound(contact.window_start)}", "window_end": "{_bound(contact.window_end)}", '
        f'"crisis": {_BOOLEANS[contact.crisis]}}}'
    )


#: Many messages come in one window.
_bound = lru_cache(maxsize=512)(utc_text)


def _response(result: Explained, response: Response | None, renderer: Renderer) -> str:
    """A response as JSON, as it would be sent at the arrival."""
    if response is None:
        return "null"
    at = result.message.arrived_at
    text = renderer.render(
        response.facts,
        subject_form=response.subject_form,
        original_subject=subject_of(result.message),
        as_of=at,
    )
    fields = response_fields(
        response_id=response.response_id,
        sender=response.sender,
        sender_name=renderer.display_name(response.facts),
        to=response.to,
        subject=text.subject,
        date=at,
        message_id=message_id_for(response.response_id, response.sender),
        in_reply_to=response.in_reply_to,
        references=response.references,
        language=text.language,
    )
    headers = ", ".join([f'"{name}": {_text(value.replace(_FOLD, " "))}' for name, value in fields])
    return (
        f'{{"to": {_text(response.to)}, "from": {_known_text(response.sender)}, '
        f'"subject": {_text(text.subject)}, "headers": {{{headers}}}, "text": {_known_text(text.plain)}}}'
    )
