"""Exchange's automatic replies: one window ahead, to everybody, read back, and what was there before put back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from boundary_exchange.oof import as_html, plain
from boundary_plugins import AuthorizationNeeded, Condition, Refused, Unavailable, WindowResponse
from boundary_plugins.ports import Publication
from boundary_plugins.testing.benches import at, hours, invented_publication, invented_responses
from builders_exchange import Site
from servers.ews import Fault

TEXT = "Thank you.\n\nI can be reached again at 9:00. Gruß — <988> & more.\nEnd.\n"


def night(**changed: object) -> Publication:
    """The invented day with what is answered in its night."""
    made = replace(invented_publication(), responses=invented_responses())
    return replace(made, **changed)  # type: ignore[arg-type]


def test_the_coming_window_is_scheduled_for_people_inside_and_outside(exchange: Site) -> None:
    """To all, not to contacts alone: Exchange does not know who is a client."""
    exchange.open_replies().publish(night())

    oof = exchange.mailbox.oof
    assert ("Scheduled", "All") == (oof.state, oof.audience)
    assert (at(17), at(30)) == (oof.start, oof.end)
    assert oof.internal == oof.external
    assert "Thank you. I can be reached again at 9:00. Gruß — 988." == plain(oof.external)


def test_the_next_window_follows_when_one_is_over_and_not_before(exchange: Site) -> None:
    """Each edit lets Exchange forget whom it answered."""
    replies = exchange.open_replies()
    written = [replies.publish(night(as_of=at(hour))) for hour in (0, 18, 29)]

    after = replies.publish(night(as_of=at(30) + timedelta(seconds=1)))

    assert ([True, False, False], True) == (written, after)
    assert (at(41), at(54)) == (exchange.mailbox.oof.start, exchange.mailbox.oof.end)


def test_a_restart_knows_its_own_and_writes_nothing(exchange: Site) -> None:
    """By the text itself, not by memory."""
    exchange.open_replies().publish(night())

    assert not exchange.open_replies().publish(night(as_of=at(1)))


def test_where_nothing_is_closed_any_more_they_are_switched_off(exchange: Site) -> None:
    """And stay off."""
    replies = exchange.open_replies()
    replies.publish(night())

    written = [replies.publish(night(responses=())) for _ in range(2)]

    assert ([True, False], "Disabled") == (written, exchange.mailbox.oof.state)


def test_the_therapists_own_texts_come_back_when_we_leave(exchange: Site) -> None:
    """Switched off, as they were."""
    oof = exchange.mailbox.oof
    oof.internal, oof.external, oof.audience = "<p>Ask Kim.</p>", "<p>I am on a journey.</p>", "Known"
    replies = exchange.open_replies()
    replies.publish(night())
    replies.publish(night(as_of=at(31)))

    replies.remove()

    assert ("Disabled", "Known") == (oof.state, oof.audience)
    assert ("Ask Kim.", "I am on a journey.") == (plain(oof.internal), plain(oof.external))
    assert not (exchange.folder / "replies-before.json").exists()


def test_what_is_kept_of_the_therapists_own_texts_nobody_else_may_read(exchange: Site) -> None:
    """In the plugin's own folder."""
    exchange.open_replies().publish(night())

    assert 0o600 == (exchange.folder / "replies-before.json").stat().st_mode & 0o777


def test_one_that_is_over_is_overwritten_although_it_is_somebody_elses(exchange: Site) -> None:
    """It answers nobody any more; its text is kept."""
    oof = exchange.mailbox.oof
    oof.state, oof.start, oof.end, oof.external = "Scheduled", at(-48), at(-24), "<p>Away.</p>"

    assert exchange.open_replies().publish(night())


def test_one_of_somebody_else_that_only_colleagues_get_is_left_but_answers_no_client(exchange: Site) -> None:
    """So the program answers clients itself."""
    oof = exchange.mailbox.oof
    oof.state, oof.audience, oof.internal = "Enabled", "None", "<p>Back soon.</p>"

    assert () == exchange.open_replies().answers_during(hours(0, 24))


def test_an_organisation_that_keeps_them_inside_is_refused(exchange: Site) -> None:
    """No client would get one, and nobody would know."""
    exchange.mailbox.oof.allowed = "None"

    with pytest.raises(Refused, match="an administrator must allow it"):
        exchange.open_replies().publish(night())

    assert [] == exchange.mailbox.writes


def test_what_exchange_did_not_keep_as_it_was_set_is_told(exchange: Site) -> None:
    """Every write is read back; a zone that was not understood moved the end by hours."""
    exchange.mailbox.oof.moves_end_by = timedelta(hours=1)

    with pytest.raises(Unavailable, match="did not keep"):
        exchange.open_replies().publish(night())


@pytest.mark.parametrize(
    "fault, kind",
    [
        (Fault("GetUserOofSettings", status=503), Unavailable),
        (Fault("SetUserOofSettings", code="ErrorAccessDenied"), AuthorizationNeeded),
        (Fault("SetUserOofSettings", status=500, after=True), Unavailable),
    ],
    ids=repr,
)
def test_a_failure_is_told_and_the_next_time_it_is_right(
    exchange: Site, fault: Fault, kind: type[Exception]
) -> None:
    """Whatever was done of it."""
    replies = exchange.open_replies()
    exchange.fail_next(fault)

    with pytest.raises(kind):
        replies.publish(night())
    replies.publish(night())

    assert "Scheduled" == exchange.mailbox.oof.state
    assert (hours(17, 30),) == replies.answers_during(hours(0, 72))


def test_a_text_survives_as_html(exchange: Site) -> None:
    """Paragraphs, lines, and signs that mean something in HTML."""
    response = WindowResponse(hours(17, 33), hours(17, 30), "Automatic reply", TEXT)

    exchange.open_replies().publish(night(responses=(response,)))

    html = exchange.mailbox.oof.external
    assert " ".join(TEXT.split()) == plain(html)
    assert "<p>Thank you.</p>" in html
    assert "&lt;988&gt; &amp; more.<br>" in html


def test_plain_words_are_the_same_whatever_a_server_makes_of_the_tags() -> None:
    """Styles and comments are no words."""
    html = as_html(TEXT)
    rewritten = html.replace(
        "<html>", "<html xmlns:o='x'><head><style>p {margin: 0}</style></head><!-- x -->"
    )

    assert plain(html) == plain(rewritten.replace("<p>", "<p class=MsoNormal>\n"))


@pytest.mark.parametrize(
    "state, text, allowed, condition",
    [
        ("Disabled", "", "All", Condition.OK),
        ("Scheduled", as_html(TEXT), "All", Condition.OK),
        ("Enabled", "<p>I am ill.</p>", "All", Condition.LOOK),
        ("Disabled", "", "Known", Condition.BROKEN),
    ],
)
def test_an_examination_tells_how_they_stand(
    exchange: Site, state: str, text: str, allowed: str, condition: Condition
) -> None:
    """And whether the organisation lets them go outside."""
    oof = exchange.mailbox.oof
    oof.state, oof.internal, oof.external, oof.allowed = state, text, text, allowed

    (examined,) = exchange.open_replies().examine()

    assert condition is examined.condition


def test_an_examination_tells_what_stands_in_the_way(exchange: Site) -> None:
    """As a value, not an error."""
    (examined,) = exchange.open_replies(password_secret="nowhere").examine()

    assert Condition.BROKEN is examined.condition
    assert "boundary secret set nowhere" in examined.found
