"""`boundary charge`: what is shown, what is decided, and what is refused in one sentence."""

import json

import pytest

from cli.money import FEES, Boundary

PROPOSED = "1       2026-11-22  AB      letter   15       37.50 USD  proposed  messages"


def test_time_on_a_contact_becomes_a_proposal_and_nothing_more(money: Boundary) -> None:
    money.log()

    lines = money("charge", "list").splitlines()

    assert ["Number  Days        Client  Channel  Minutes  Amount     State     Fee", PROPOSED] == lines
    assert "Nothing was posted.\n" == money("ledger", "list")


def test_a_program_gets_amounts_as_texts(money: Boundary) -> None:
    money.log()

    [charge] = money.json("charge", "list", "--client", "AB", "--state", "proposed")

    assert {
        "number": 1,
        "client": "AB",
        "contacts": [1],
        "channels": ["letter"],
        "first_on": "2026-11-22",
        "last_on": "2026-11-22",
        "seconds": 900,
        "proposed": False,
        "fee": "messages",
        "policy_version": "2026-1",
        "net": "37.50",
        "tax": "0.00",
        "gross": "37.50",
        "currency": "USD",
        "state": "proposed",
        "reason": "",
        "ends_at": None,
        "reference": None,
    } == charge
    assert [] == money.json("charge", "list", "--client", "CD")
    assert [] == money.json("charge", "list", "--state", "set-aside")


def test_a_charge_explains_itself_step_by_step(money: Boundary) -> None:
    money.log()

    lines = money("charge", "why", "1").splitlines()

    assert "Charge 1 of client AB: 37.50 USD, proposed." == lines[0]
    took_off = "the free time (10 minutes for each contact) takes off 10 minutes, which leaves 12 minutes"
    assert f"  allowance    {took_off}" in lines
    # The day on which they said so, although it counts from its end on.
    assert "  consent      the client agreed to fee policy 2026-1 on 2026-01-15 (signed form)" in lines
    assert "  line         2026-11-22, letter, 15 minutes, messages: 37.50 USD" == lines[-1]
    steps = money.json("charge", "why", "1")
    assert [line[2:15].strip() for line in lines[1:]] == [each["step"] for each in steps]
    assert all(each["passed"] for each in steps)


@pytest.mark.parametrize(
    "minutes, flags, last",
    [
        # A crisis is never charged, nor what only arrived, nor what is within the free time.
        (60, ["--crisis"], "x exemption    it sounded like a crisis, and a crisis is never charged"),
        (0, [], "x meter        its time is nil"),
        (10, [], "x allowance    it is within the free time (10 minutes for each contact)"),
    ],
)
def test_a_contact_that_costs_nothing_says_why(
    money: Boundary, minutes: int, flags: list[str], last: str
) -> None:
    money.log("AB", minutes, *flags)

    lines = money("charge", "why", "1", "--contact").splitlines()

    assert ("Contact 1 of client AB: nothing is charged.", last) == (lines[0], lines[-1])
    assert {} == money.states()


def test_a_contact_tells_what_it_comes_to(money: Boundary) -> None:
    money.log()

    assert "Contact 1 of client AB comes to 37.50 USD.\n" in money("charge", "why", "1", "--contact")


def test_a_yes_goes_to_the_ledger_once(money: Boundary) -> None:
    money.log()
    money.log("CD", 12)

    said = money("charge", "confirm", "1", "2", "1")

    assert [
        "Charge 1: client AB, 2026-11-22, 15 minutes, 37.50 USD, posted.",
        "Charge 2: client CD, 2026-11-22, 5 minutes, 12.50 USD, posted.",
    ] == said.splitlines()
    assert {1: "posted", 2: "posted"} == money.states()
    assert ["37.50", "12.50"] == [each["gross"] for each in money.json("ledger", "list")]


def test_what_was_confirmed_before_a_mistake_is_told(money: Boundary) -> None:
    """The first is posted, the second is not there."""
    money.log()

    said = money("charge", "confirm", "1", "7", code=2)

    assert "Charge 1: client AB, 2026-11-22, 15 minutes, 37.50 USD, posted.\n" == said
    assert "there is no charge 7; see: boundary charge list\n" == money.said


def test_a_change_confirms_with_less(money: Boundary) -> None:
    money.log()
    money.log("CD")

    by_time = money("charge", "change", "1", "--minutes", "5", "--reason", "small talk")
    by_amount = money("charge", "change", "2", "--amount", "20", "--reason", "as agreed")

    assert "Charge 1: client AB, 2026-11-22, 5 minutes, 12.50 USD, posted (small talk).\n" == by_time
    assert "Charge 2: client CD, 2026-11-22, 15 minutes, 20.00 USD, posted (as agreed).\n" == by_amount
    assert "from 37.50 USD to 12.50 USD: small talk" in money("charge", "why", "1")

    # What is read out is what was decided.
    line = money("charge", "why", "1").splitlines()[-1]
    assert line.startswith("  line ")
    charge = json.loads(money("charge", "show", "1", "--json"))
    assert line.endswith(f": {charge['gross']} {charge['currency']}")


def test_a_waiver_charges_nothing(money: Boundary) -> None:
    money.log()

    said = money("charge", "waive", "1", "--reason", "a hard week")

    assert "Charge 1: client AB, 2026-11-22, 15 minutes, 37.50 USD, waived (a hard week).\n" == said
    assert [] == money.json("ledger", "list")


def test_what_was_posted_is_taken_back_by_a_counter_line(money: Boundary) -> None:
    money.log()
    money("charge", "confirm", "1")

    said = money("charge", "void", "1", "--reason", "the wrong client")

    assert "Charge 1: client AB, 2026-11-22, 15 minutes, 37.50 USD, void (the wrong client).\n" == said
    assert [("37.50", None), ("-37.50", 1)] == [
        (each["gross"], each["counters"]) for each in money.json("ledger", "list")
    ]
    assert {1: "void"} == money.states()


def test_every_decision_is_undone(money: Boundary) -> None:
    """Each says what it was, and how the charge stands now."""
    money.log()
    money("charge", "waive", "1", "--reason", "a hard week")
    assert [
        "Undone: waive of charge 1.",
        "Charge 1: client AB, 2026-11-22, 15 minutes, 37.50 USD, proposed.",
    ] == money("charge", "undo").splitlines()

    money("charge", "confirm", "1")
    assert [
        "Undone: confirm of charge 1.",
        "Charge 1: client AB, 2026-11-22, 15 minutes, 37.50 USD, void (the confirmation was undone).",
        "Charge 2: client AB, 2026-11-22, 15 minutes, 37.50 USD, proposed.",
    ] == money("charge", "undo", "1").splitlines()

    money("charge", "change", "2", "--minutes", "5", "--reason", "short")
    money("charge", "void", "2", "--reason", "a mistake")
    assert [
        "Undone: void of charge 2.",
        "Charge 3: client AB, 2026-11-22, 5 minutes, 12.50 USD, posted.",
    ] == money("charge", "undo").splitlines()
    assert {1: "void", 2: "void", 3: "posted"} == money.states()


def test_a_charge_shows_what_was_decided_about_it(money: Boundary) -> None:
    money.log()
    money("charge", "waive", "1", "--reason", "a hard week")
    money("charge", "undo")
    money("charge", "confirm", "1")

    shown = money("charge", "show", "1")
    decisions = money.json("charge", "show", "1")["decisions"]

    assert ["waive", "confirm"] == [each["kind"] for each in decisions]
    [waived] = [line for line in shown.splitlines() if line.startswith("Waive")]
    assert "Tue 24 Nov 2026, 10:00 by " in waived
    assert waived.endswith(": a hard week (undone)")
    assert "State     posted" in shown


def test_a_day_that_runs_is_shown_so_and_waits(money: Boundary) -> None:
    money.configure(
        FEES.replace('round = "up"', 'together = "day"\nround = "up"').replace("2026-1", "2026-1b")
    )
    money("client", "consent", "AB", "--how", "signed form", "--on", "2026-11-20")
    money.log(at="2026-11-24 08:00")

    assert "proposed (counts until Wed 25 Nov 2026, 00:00)" in money("charge", "show", "1")
    assert "still counts until Wed 25 Nov 2026 at 00:00" in money.refused("charge", "confirm", "1")
    assert "wait" not in money("status")

    money.at = money.at.replace(day=25)
    assert "1 charge waits for your decision: boundary charge list\n" in money("status")
    money("charge", "confirm", "1")
    assert "for your decision" not in money("status")


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        # Numbers that nothing has.
        (["show", "9"], "there is no charge 9; see: boundary charge list"),
        (["why", "9"], "there is no charge 9"),
        (["why", "9", "--contact"], "there is no contact 9 of a client on file; see: boundary contact list"),
        (["confirm", "9"], "there is no charge 9"),
        (["change", "9", "--minutes", "1", "--reason", "x"], "there is no charge 9"),
        (["waive", "9", "--reason", "x"], "there is no charge 9"),
        (["void", "9", "--reason", "x"], "there is no charge 9"),
        (["undo", "9"], "there is no decision about charge 9 to undo"),
        (["undo"], "there is no decision to undo"),
        # What is no number at all.
        (["show", "one"], '"one" is not allowed here; allowed: a whole number from 1 on'),
        (["show", "0"], '"0" is not allowed here; allowed: a whole number from 1 on'),
        (["show", "1_0"], '"1_0" is not allowed here'),
        (["list", "--client", "XY"], 'no client "XY" is on file; allowed: AB, CD'),
        (["list", "--state", "open"], "'open' is not one of 'proposed'"),
        # The wrong state.
        (
            ["void", "1", "--reason", "x"],
            "charge 1 is proposed and cannot be taken back; allowed: one that is posted",
        ),
        # No reason, no change, two changes, or no amount.
        (["waive", "1"], "Missing option '--reason'"),
        (["change", "1", "--reason", "x"], "a change needs one of --minutes and --amount"),
        (["change", "1", "--minutes", "1", "--amount", "1", "--reason", "x"], "needs one of"),
        (
            ["change", "1", "--amount", "1,50", "--reason", "x"],
            '"1,50" is not an amount; allowed: a number such as "12.50"',
        ),
        (["change", "1", "--amount", "-1", "--reason", "x"], '"-1" is not an amount'),
        # More than was worked out, or nothing.
        (
            ["change", "1", "--minutes", "16", "--reason", "x"],
            "charge 1 comes to less; allowed: at most",
        ),
        (["change", "1", "--amount", "37.51", "--reason", "x"], "at most what was worked out"),
        (["change", "1", "--amount", "0", "--reason", "x"], "allowed: boundary charge waive 1"),
        (["change", "1", "--minutes", "0", "--reason", "x"], "--minutes"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(
    money: Boundary, arguments: list[str], sentence: str
) -> None:
    money.log()

    assert sentence in money.refused("charge", *arguments)
    assert {1: "proposed"} == money.states()


def test_fees_that_changed_under_their_version_are_refused_with_their_line(money: Boundary) -> None:
    """Clients agreed to the others."""
    money.log()
    money("charge", "confirm", "1")
    money.configure(FEES.replace("150.00", "180.00"))

    for command in (
        ["charge", "list"],
        ["charge", "confirm", "1"],
        ["client", "consent", "AB", "--how", "x"],
    ):
        assert (
            f'{money.path}:14: billing.version: the fees are not those of version "2026-1", which is in use '
            "since 2026-11-24; allowed: a new version (clients agree to it anew), or the fees as they were"
        ) == money.refused(*command, code=78)

    money.configure(FEES.replace("150.00", "180.00").replace("2026-1", "2026-2"))
    assert {1: "posted"} == money.states()


def test_a_new_version_counts_from_its_day_and_for_those_who_agreed_to_it(money: Boundary) -> None:
    money.log(at="2026-11-21 12:00")
    money.configure(
        FEES.replace("150.00", "300.00").replace("2026-1", "2026-2").replace("2026-01-01", "2026-11-22")
    )
    money.log(at="2026-11-22 12:00")
    money.log("CD", at="2026-11-22 12:00")
    money("client", "consent", "CD", "--how", "by email", "--on", "2026-11-21")

    found = [(each["client"], each["policy_version"], each["gross"]) for each in money.json("charge", "list")]

    assert [("AB", "2026-1", "37.50"), ("CD", "2026-2", "75.00")] == found


def test_without_any_fee_it_says_how_to_configure_one(money: Boundary) -> None:
    money.configure()
    money.path.with_name("state").rename(money.path.with_name("elsewhere"))

    for command in (["list"], ["show", "1"], ["why", "1"], ["confirm", "1"], ["undo"]):
        said = money.refused("charge", *command)
        assert f"no fee is configured; add [billing] and [[fees]] to {money.path}" in said


def test_where_fees_were_taken_out_what_is_on_record_can_still_be_read(money: Boundary) -> None:
    """Nothing new is proposed, nothing is dropped, and nothing is decided."""
    money.log()
    money.log("CD")
    money("charge", "confirm", "1")
    money.configure()
    money.log(minutes=60)

    assert {1: "posted", 2: "proposed"} == money.states()
    assert "37.50 USD, proposed." in money("charge", "why", "2")
    assert "State     posted" in money("charge", "show", "1")
    for command in (["confirm", "2"], ["void", "1", "--reason", "x"], ["undo"]):
        assert "no fee is configured" in money.refused("charge", *command)
    assert 1 == len(money.json("ledger", "list"))

    money.configure(FEES)
    assert {1: "posted", 2: "proposed", 3: "proposed"} == money.states()


@pytest.mark.parametrize(
    "more, sentence",
    [
        (
            "[plugins]\nenable = []\n",
            "plugins.enable: no enabled plugin offers the biller 'ledger'; allowed: none; ",
        ),
        (
            '[[billers]]\nname = "books"\nkind = "stripe"\n',
            "billers[1].kind: no enabled plugin offers the biller 'stripe'",
        ),
        ('[[billers]]\nname = "books"\nkind = "ledger"\nkey = 1\n', "billers[1].key: is not a known key"),
    ],
)
def test_a_biller_that_nobody_offers_is_a_mistake_of_the_configuration(
    money: Boundary, more: str, sentence: str
) -> None:
    """What is on record can be listed all the same."""
    money.log()
    money.configure(FEES, more)

    assert sentence in money.refused("charge", "confirm", "1", code=78)
    assert {1: "proposed"} == money.states()


def test_an_empty_list_says_how_to_begin(money: Boundary) -> None:
    assert (
        "No charge is on record. It takes your time (boundary time log CONTACT MINUTES) and a consent"
        in money("charge", "list")
    )
    assert "No such charge is on record.\n" == money("charge", "list", "--state", "waived")


@pytest.mark.parametrize("command", [("show",), ("why",), ("why", "--contact"), ("confirm",), ("undo",)])
def test_a_number_that_no_database_has_is_refused(money: Boundary, command: tuple[str, ...]) -> None:
    """In a sentence, as one of a charge that is not there."""
    assert "allowed: a whole number from 1 to 2147483647" in money.refused("charge", *command, "9" * 23)
