"""A wrong configuration: every problem at once, each with file, line, key and what is allowed."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from boundary_plugins.config.load import default_path, load, parse, validate_settings
from boundary_plugins.config.schema import Config
from boundary_plugins.errors import ConfigError

# Line 1 is empty; a case adds its text from line 9 on.
MINIMAL = """
[practice]
name = "Quiet Harbor"
zone = "America/New_York"
[therapist]
addresses = ["therapist@example.com"]
[hours]
weekly = "mon 09:00-12:00"
"""


def config_of(text: str) -> Config:
    return parse(text, file="c.toml", base=Path("/practice"))


def problems_of(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        config_of(text)
    return [str(problem) for problem in caught.value.problems]


CASES = [
    # A key that nobody knows, with the near miss and all that are known.
    (
        "[responses]\nhodl = '1 minute'",
        'c.toml:10: responses.hodl: is not a known key; did you mean "hold"?; allowed: audience, subject,',
    ),
    # A section that nobody knows.
    (
        "[responces]",
        'c.toml:9: responces: is not a known key; did you mean "responses"?; allowed: ',
    ),
    # A duration in words nobody uses, with no unit, and with a number in place of a text.
    (
        '[responses]\nhold = "2 moons"',
        'c.toml:10: responses.hold: "2 moons" is not a duration; allowed: a',
    ),
    (
        '[daemon]\npoll = "60"',
        'c.toml:10: daemon.poll: "60" is not a duration; allowed: a duration such',
    ),
    (
        "[daemon]\npoll = 60",
        "c.toml:10: daemon.poll: must be a text in quotes; allowed: a duration such",
    ),
    # A poll of nothing would never rest.
    ('[daemon]\npoll = "0 seconds"', "c.toml:10: daemon.poll: must be longer than nothing; allowed: a"),
    # Choices.
    (
        '[responses]\naudience = "strangers"',
        'c.toml:10: responses.audience: "strangers" is not one of the choices; allowed: "clients" or',
    ),
    (
        '[responses]\npromise = "0 business days"',
        'c.toml:10: responses.promise: is not one of the allowed forms; allowed: "next opening", "none"',
    ),
    # A name that would lead out of the state directory.
    (
        "[[mailboxes]]\nname = '../main'\nkind = 'maildir'",
        "c.toml:10: mailboxes[1].name: is not one of the allowed forms; allowed: a short name in quotes",
    ),
    # Numbers: out of bounds, in quotes, with a fraction, as a truth value.
    (
        "[responses.limits]\nsender_a_day = 0",
        "c.toml:10: responses.limits.sender_a_day: 0 is too small; allowed: a whole number from 1 to 100",
    ),
    (
        "[responses]\nlimits = { sender_a_day = '3' }",
        "c.toml:10: responses.limits.sender_a_day: must be a whole number; allowed: a whole number from",
    ),
    (
        "[daemon]\npublish_weeks = 1.5",
        "c.toml:10: daemon.publish_weeks: must be a whole number; allowed:",
    ),
    (
        "[daemon]\npublish_weeks = true",
        "c.toml:10: daemon.publish_weeks: must be a whole number; allowed:",
    ),
    # A truth value in quotes.
    (
        "[responses]\nobey_suppress_header = 'no'",
        "c.toml:10: responses.obey_suppress_header: must be true or false, without quotes; allowed: true",
    ),
    # Dates and times as TOML's own, which look right and are not taken.
    (
        "[[hours.exceptions]]\non = 2026-12-24\nhours = 'closed'",
        'c.toml:10: hours.exceptions[1].on: needs quotes; allowed: "2026-12-24"',
    ),
    # A day that does not exist; a span, and a season, that end before they start.
    (
        "[[hours.exceptions]]\non = '2026-02-30'\nhours = 'closed'",
        'c.toml:10: hours.exceptions[1].on: there is no day "2026-02-30" in the calendar; allowed: a date',
    ),
    (
        "[[hours.exceptions]]\non = '2026-12-31..2026-12-24'\nhours = 'closed'",
        'c.toml:10: hours.exceptions[1].on: "2026-12-31..2026-12-24" ends before it starts; allowed: a date',
    ),
    (
        "[[hours.seasons]]\nfrom = '2026-08-01'\nuntil = '2026-07-01'\nweekly = 'mon 9:00-10:00'",
        'c.toml:9: hours.seasons[1]: "until" lies before "from"; '
        "allowed: a last day that is not before the first",
    ),
    # The second of two items; a missing key has the line of its table.
    (
        "[[hours.seasons]]\nfrom = '2026-07-01'\nuntil = '2026-07-02'\nweekly = 'mon 9:00-10:00'\n"
        "[[hours.seasons]]\nfrom = '2026-07-01'\nweekly = 'mon 9:00-10:00'",
        "c.toml:13: hours.seasons[2].until: is missing; allowed: a date in quotes such as",
    ),
    # Regions: unknown, in small letters, the one people write, a part of a country.
    (
        "[hours.holidays]\nregion = 'XX'",
        'c.toml:10: hours.holidays.region: there is no region "XX"; allowed: two capital letters',
    ),
    (
        "[hours.holidays]\nregion = 'us'",
        'c.toml:10: hours.holidays.region: there is no region "us"; did you',
    ),
    ("[hours.holidays]\nregion = 'UK'", 'hours.holidays.region: there is no region "UK"; did you mean "GB"?'),
    ("[hours.holidays]\nregion = 'US-NY'", '"US-NY" names a part of a country; did you mean "US"?'),
    # The hours of a day, and of a season: nothing, no window, half days that nobody can tell.
    (
        "[[hours.exceptions]]\non = '2026-12-24'\nhours = ''",
        'c.toml:11: hours.exceptions[1].hours: is empty; allowed: windows such as "10:00-12:00',
    ),
    (
        "[[hours.exceptions]]\non = '2026-12-24'\nhours = '10:00-12:00, 11:00-13:00'",
        'c.toml:11: hours.exceptions[1].hours: "10:00-12:00" and "11:00-13:00" overlap; allowed: windows',
    ),
    (
        "[[hours.seasons]]\nfrom = '2026-07-01'\nuntil = '2026-08-01'\nweekly = 'moon 9:00-10:00'",
        'c.toml:12: hours.seasons[1].weekly: in "moon 9:00-10:00": "moon" is not a day; allowed: mon, tue,',
    ),
    # A provider's table without a name, and with another one's.
    (
        "[[mailboxes]]\nkind = 'maildir'",
        "c.toml:9: mailboxes[1].name: is missing; allowed: a short name in",
    ),
    (
        "[[calendars]]\nname = 'a'\nkind = 'ics'\n[[calendars]]\nname = 'a'\nkind = 'ics'",
        'c.toml:13: calendars[2].name: "a" is already the name of another one (line 10); allowed: a name',
    ),
    # A table where a list of tables is meant.
    ("[mailboxes]\nname = 'a'", "c.toml:9: mailboxes: must be a list in [ ]; allowed: [[mailboxes]]"),
    # What the store can be.
    (
        "[store]\nurl = 'mysql://db'",
        "c.toml:10: store.url: is not one of the allowed forms; allowed: empty",
    ),
    # The rules of answering look back for 60 days.
    (
        "[retention]\ndecisions = '30 days'",
        'c.toml:10: retention.decisions: 30 days is too small; allowed: 60 days or more, such as "400 days"',
    ),
    # A topic without words.
    ("[[topics]]\ntopic = 'scheduling'\nwords = []", "c.toml:11: topics[1].words: has too few entries;"),
]


@pytest.mark.parametrize(("text", "sentence"), CASES)
def test_a_wrong_key_is_named_with_its_line_and_what_is_allowed(text: str, sentence: str) -> None:
    problems = problems_of(MINIMAL + text)

    assert 1 == len(problems), problems
    assert sentence in problems[0]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        # Zones: a misspelling, a city alone, nothing like it, and a path out of the zone folder.
        (
            "America/New_York",
            "America/New_Yrok",
            ':4: practice.zone: there is no time zone "America/New_Yrok"; ',
        ),
        (
            "America/New_York",
            "New York",
            'there is no time zone "New York"; did you mean "America/New_York"?',
        ),
        ("America/New_York", "Qqq", 'there is no time zone "Qqq"; allowed: an IANA time zone such as'),
        ("America/New_York", "../../etc/passwd", 'there is no time zone "../../etc/passwd"'),
        ("America/New_York", "America", 'there is no time zone "America"'),
        # Own addresses: none, one with a name, one twice.
        (
            '["therapist@example.com"]',
            "[]",
            ":6: therapist.addresses: has too few entries; allowed: a list with",
        ),
        ("therapist@example.com", "R. <t@example.com>", '"R. <t@example.com>" is not a plain address'),
        (
            '"therapist@example.com"',
            '"t@example.com",\n "T@Example.com"',
            ':7: therapist.addresses[2]: "T@Example.com" stands here twice; allowed: each address once',
        ),
        # An empty name, and empty hours.
        ('"Quiet Harbor"', '" "', ":3: practice.name: is empty; allowed: a name in quotes"),
        ('"mon 09:00-12:00"', '""', ":8: hours.weekly: is empty; allowed: days and windows such as"),
        # Windows that overlap, that have no length, that end before they start without passing a midnight.
        ("mon 09:00-12:00", "mon 09:00-12:00, 11:00-13:00", ':8: hours.weekly: in "mon 09:00-12:00, 11:00-'),
        ("mon 09:00-12:00", "mon 09:00-09:00", ":8: hours.weekly: "),
        ("mon 09:00-12:00", "mon 22:00-10:00; tue 09:00-12:00", "overlap; allowed: "),
    ],
)
def test_a_wrong_value_of_a_required_key_is_named_with_its_line(old: str, new: str, sentence: str) -> None:
    problems = problems_of(MINIMAL.replace(old, new))

    assert 1 == len(problems), problems
    assert sentence in problems[0]


def test_every_problem_is_told_at_once_in_the_order_of_the_lines() -> None:
    text = '[responses]\nhold = "x"\n[hours]\nweekly = 3\n[therapist]\naddresses = ["a"]\nnmae = ""\n'

    problems = problems_of(text)

    expected = [
        ("c.toml:2", "responses.hold"),
        ("c.toml:4", "hours.weekly"),
        ("c.toml:6", "therapist.addresses[1]"),
        ("c.toml:7", "therapist.nmae"),
        ("c.toml", "practice.name"),
        ("c.toml", "practice.zone"),
    ]
    assert expected == [(place, key) for place, key, _ in (line.split(": ", 2) for line in problems)]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        # A text that never ends, a key twice, no value, an end in the middle of a list.
        ('a = "b\n', "c.toml:1: this is not TOML: "),
        ("a = 1\nb = 2\na = 3\n", "c.toml:3: this is not TOML: "),
        ("\n\na =\n", "c.toml:3: this is not TOML: "),
        ("a = [\n1,\n", "c.toml:3: this is not TOML: "),
    ],
)
def test_what_is_not_toml_is_told_with_its_line(text: str, place: str) -> None:
    problems = problems_of(text)

    assert [True] == [problem.startswith(place) for problem in problems]


class SmtpSettings(BaseModel):
    model_config = ConfigDict(extra="forbid")
    host: str
    port: int = 25


class MaildirSettings(BaseModel):
    """What a plugin might want, with one key (`trusted_received_hop`) that is the program's too."""

    model_config = ConfigDict(extra="forbid")
    path: Path
    folders: tuple[Path, ...] = ()
    smtp: SmtpSettings | None = None
    trusted_received_hop: int = 0


MAILBOX = """
[[mailboxes]]
name = "main"
kind = "maildir"
trusted_received_hop = 1
path = "Maildir"
folders = ["/var/mail", "more"]
[mailboxes.smtp]
host = "smtp.example.com"
"""


def test_a_plugins_own_keys_become_its_settings_with_absolute_paths() -> None:
    table = config_of(MINIMAL + MAILBOX).mailboxes[0]

    settings = validate_settings(MaildirSettings, table)

    expected = MaildirSettings(
        path=Path("/practice/Maildir"),
        folders=(Path("/var/mail"), Path("/practice/more")),
        smtp=SmtpSettings(host="smtp.example.com"),
        trusted_received_hop=1,
    )
    assert expected == settings


def test_a_wrong_key_of_a_plugin_has_its_line_too() -> None:
    text = MINIMAL + MAILBOX.replace('path = "Maildir"', 'pth = "Maildir"') + 'port = "25"\n'
    table = config_of(text).mailboxes[0]

    with pytest.raises(ConfigError) as caught:
        validate_settings(MaildirSettings, table)

    expected = [
        "c.toml:10: mailboxes[1].path: is missing",
        'c.toml:14: mailboxes[1].pth: is not a known key; did you mean "path"?; allowed: path, folders, smtp,'
        " trusted_received_hop",
        "c.toml:18: mailboxes[1].smtp.port: must be a whole number",
    ]
    assert expected == [str(problem) for problem in caught.value.problems]


def test_a_configuration_whose_lines_moved_is_still_the_same() -> None:
    first, second = config_of(MINIMAL + MAILBOX), config_of("\n\n" + MINIMAL + MAILBOX)

    assert first == second


def test_relative_paths_start_at_the_folder_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/therapist")
    path = tmp_path / "config.toml"
    path.write_text(MINIMAL + '[plugins]\ndirectory = "p"\n[store]\nstate_directory = "~/state"\n')

    config = load(path)

    assert (tmp_path / "p", Path("/home/therapist/state")) == (
        config.plugins.directory,
        config.store.state_directory,
    )
    assert path == config.path


def test_a_missing_file_is_one_sentence_that_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: there is no configuration here; .* boundary init$"):
        load(tmp_path / "none.toml")


def test_a_folder_in_place_of_a_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is a folder; allowed: a file"):
        load(tmp_path)


def test_a_file_of_somebody_else_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal is made here, because root (who may run the tests) can read every file."""
    path = tmp_path / "config.toml"

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)

    with pytest.raises(ConfigError, match="may not be read by this user"):
        load(path)


def test_a_file_that_everybody_may_change_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(MINIMAL)
    path.chmod(0o666)

    with pytest.raises(ConfigError, match=r"may be changed by every user .* chmod o-w"):
        load(path)


def test_bytes_that_are_not_utf_8_are_told_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'[practice]\nname = "\xe9"\n')

    with pytest.raises(ConfigError, match=r"config\.toml:2: is not UTF-8 text"):
        load(path)


def test_the_usual_place_is_in_the_users_configuration_folder() -> None:
    path = default_path()

    assert ("boundary", "config.toml") == (path.parent.name, path.name)
