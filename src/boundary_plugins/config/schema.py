"""What a configuration file can say: each section, each key, what it is for and what is allowed."""

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, PrivateAttr, model_validator

from boundary_plugins.availability_sources.holidays import check_holidays
from boundary_plugins.config.durations import Duration, PositiveDuration
from boundary_plugins.config.fields import (
    Address,
    CurrencyCode,
    Day,
    DayHours,
    Days,
    Language,
    Rate,
    RecentDay,
    Region,
    Text,
    Weekly,
    Zone,
    setting,
)
from boundary_plugins.config.place import Place
from boundary_plugins.core.contact import Channel
from boundary_plugins.core.durations import ALLOWED_DURATION
from boundary_plugins.core.fees.allowance import Allowance, Beyond, allowance_problem
from boundary_plugins.core.fees.meter import Meter, RoundingMode
from boundary_plugins.core.fees.period import Period
from boundary_plugins.core.fees.price_grammar import ALLOWED_PRICE
from boundary_plugins.core.fees.tariff import Boundary, Trigger
from boundary_plugins.core.hours_grammar import ALLOWED_DAY_HOURS, ALLOWED_WEEKLY
from boundary_plugins.core.policy import Audience, SubjectForm

_SWITCH = "true or false"
_NAME = 'a short name in quotes, used once and without slashes, such as "main"'
_PATH = 'a path in quotes; "~" is your home, and a relative path starts at the folder of this file'


class Section(BaseModel):
    """A part of the configuration: it never changes, and knows every one of its keys."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        validate_default=True,
        validate_by_name=True,
        validate_by_alias=True,
    )


class Practice(Section):
    """[practice]: the practice as a whole."""

    name: Text = setting("The practice's name; only full texts say it.", "a name in quotes")
    zone: Zone = setting(
        "The time zone that the hours are meant in.", 'an IANA time zone such as "America/New_York"'
    )
    language: Language = setting(
        "The language of texts, unless a client's is on file or a message says its own.",
        'a language tag such as "en"',
        "en",
    )
    region: Region | None = setting(
        "Where clients are, unless a client's region is on file; it chooses the crisis resources.",
        'two capital letters (ISO 3166-1 alpha-2) such as "US"',
        None,
    )
    crisis_reviewed_on: Day | None = setting(
        "The day on which somebody of the practice checked the crisis lines of the region.",
        'a date in quotes such as "2026-01-31"',
        None,
    )


class Therapist(Section):
    """[therapist]: whose boundaries are kept."""

    id: Text = setting(
        "A short id that marks this therapist's rows in the store; do not change it later.",
        "a short id in quotes",
        "therapist",
    )
    name: str = setting("The therapist's name, as full texts say it.", "a name in quotes", "")
    addresses: tuple[Address, ...] = setting(
        "Own addresses; the first is the sender by default, and plus-addresses of them are own too.",
        'a list with at least one plain address, such as ["therapist@example.com"]',
        min_length=1,
    )


class Season(Section):
    """[[hours.seasons]]: other weekly hours between two dates."""

    starts_on: Day = setting("The first day.", 'a date in quotes such as "2026-07-01"', alias="from")
    ends_on: Day = setting("The last day, included.", 'a date in quotes such as "2026-08-31"', alias="until")
    weekly: Weekly = setting("The weekly hours of this season.", ALLOWED_WEEKLY)

    @model_validator(mode="after")
    def _ends_after_start(self) -> "Season":
        if self.ends_on < self.starts_on:
            raise ValueError('"until" lies before "from"; allowed: a last day that is not before the first')
        return self


class ExceptionDays(Section):
    """[[hours.exceptions]]: single days, or a span of days, with hours of their own."""

    on: Days = setting("Which days.", 'a date such as "2026-12-24", or a span "2026-12-24..2026-12-31"')
    hours: DayHours = setting("The hours of these days.", ALLOWED_DAY_HOURS)


class Holidays(Section):
    """[hours.holidays]: public holidays, on which contact hours are closed."""

    region: Region | None = setting(
        "Whose public holidays are kept; none where it is not given.",
        'two capital letters (ISO 3166-1 alpha-2) such as "US"',
        None,
    )
    subdivision: str | None = setting(
        "The state or province, where holidays differ within the country.", 'a short code such as "NY"', None
    )
    work_on: tuple[str, ...] = setting(
        "Holidays that are ordinary working days.", 'a list of names such as ["Columbus Day"]', ()
    )

    @model_validator(mode="after")
    def _are_known(self) -> "Holidays":
        check_holidays(self.region, self.subdivision, self.work_on)
        return self


class Hours(Section):
    """[hours]: when clients can reach the therapist."""

    weekly: Weekly = setting("The ordinary week.", ALLOWED_WEEKLY)
    seasons: tuple[Season, ...] = setting("Other hours for a part of the year.", "[[hours.seasons]]", ())
    exceptions: tuple[ExceptionDays, ...] = setting("Single days.", "[[hours.exceptions]]", ())
    holidays: Holidays = setting("Public holidays.", "[hours.holidays]", Holidays())


class Limits(Section):
    """[responses.limits]: the caps that stop what nothing else can tell."""

    sender_a_day: int = setting(
        "Responses to one address within 24 hours.", "a whole number from 1 to 100", 3, ge=1, le=100
    )
    domain_a_day: int = setting(
        "Responses to one domain within 24 hours (public mail providers excepted).",
        "a whole number from 1 to 1000",
        20,
        ge=1,
        le=1000,
    )
    mailbox_an_hour: int = setting(
        "Responses from one mailbox within an hour.", "a whole number from 1 to 1000", 30, ge=1, le=1000
    )


class Responses(Section):
    """[responses]: who is answered, when, and how often."""

    audience: Audience = setting(
        "Whether only clients on file are answered, or everyone with one neutral text.",
        '"clients" or "everyone"',
        Audience.CLIENTS,
    )
    subject: SubjectForm = setting(
        'A neutral Subject, or the original one with "Auto: " in front.',
        '"neutral" or "original"',
        SubjectForm.NEUTRAL,
    )
    hold: Duration = setting(
        "How long a response waits, so that you can answer first.", ALLOWED_DURATION, "2 minutes"
    )
    opens_soon: Duration = setting(
        "No response if contact hours open within this time.", ALLOWED_DURATION, "3 hours"
    )
    greatest_age: PositiveDuration = setting(
        "A message older than this is not answered any more.", ALLOWED_DURATION, "24 hours"
    )
    least_gap: PositiveDuration = setting(
        "The least time between two responses to one client.", ALLOWED_DURATION, "12 hours"
    )
    repeat_after: PositiveDuration = setting(
        "In a long absence a client is answered again after this time.", ALLOWED_DURATION, "7 days"
    )
    promise: str = setting(
        "What a response promises.",
        '"next opening", "none", or a number of business days such as "2 business days"',
        "next opening",
        pattern=r"^(next opening|none|1 business day|([2-9]|[1-9]\d) business days)$",
    )
    obey_suppress_header: bool = setting(
        "Whether a client on file who sends X-Auto-Response-Suppress gets no response.", _SWITCH, True
    )
    template_directory: Path | None = setting(
        "A folder with texts of your own, which come before the ones that ship.", _PATH, None
    )
    limits: Limits = setting("Caps.", "[responses.limits]", Limits())


class TopicWords(Section):
    """[[topics]]: words in a Subject that say what a message is about."""

    topic: Text = setting(
        "The topic that these words mean.", 'a topic in quotes such as "scheduling", "homework" or "billing"'
    )
    words: tuple[Text, ...] = setting(
        "Words or phrases; capitals do not matter.", 'a list such as ["reschedule"]', min_length=1
    )


class Plugins(Section):
    """[plugins]: which plugins may run; one that is not named here does not."""

    enable: tuple[Text, ...] = setting(
        "The plugins that are used.", 'a list of names such as ["files"]', ("files", "ledger")
    )
    directory: Path | None = setting(
        "A folder with plugins of one file each; nobody else may be able to write to it.", _PATH, None
    )


#: The sections whose tables name a provider of some plugin.
PROVIDER_SECTIONS = ("mailboxes", "calendars", "publishers", "client_directories", "billers")


class ProviderTable(Section):
    """A table that names a provider of some plugin; the keys that are the plugin's own are `settings`.

    `validate_settings` (config/load.py) checks them by the plugin's own model, with the same care.
    """

    name: Text = setting("Your own name for it.", _NAME, pattern=r"^[^/\\.][^/\\]*$")
    kind: Text = setting("Which provider it is.", "the name of a provider that an enabled plugin offers")
    settings: Mapping[str, Any] = setting("The plugin's own keys.", "the plugin's own keys", {})

    _place: Place = PrivateAttr(default_factory=Place)

    @model_validator(mode="before")
    @classmethod
    def _gather_settings(cls, table: Any) -> Any:
        """Put the keys that are not ours under `settings`."""
        if not isinstance(table, dict) or isinstance(table.get("settings"), dict):
            return table
        own = set(cls.model_fields)
        gathered = {key: value for key, value in table.items() if key in own}
        gathered["settings"] = {key: value for key, value in table.items() if key not in own}
        return gathered

    @property
    def place(self) -> Place:
        """Where the table stands in its file, for the errors of its settings."""
        return self._place

    def put(self, place: Place) -> None:
        """Remember where the table stands."""
        self._place = place


class MailboxTable(ProviderTable):
    """[[mailboxes]]: a mailbox that is watched, and answers."""

    trusted_received_hop: int = setting(
        "Which Received field tells the arrival: 0 is the topmost; 1 the one below it, where a fetching "
        "program adds its own on top; and so on.",
        "a whole number from 0 to 9",
        0,
        ge=0,
        le=9,
    )


class CalendarTable(ProviderTable):
    """[[calendars]]: a calendar that is read; of its entries only free or busy is used."""

    closes: bool = setting("Whether busy entries close contact hours.", _SWITCH, False)
    available: bool = setting(
        "Whether available times in it (VAVAILABILITY, RFC 7953) count as contact hours.", _SWITCH, False
    )


class Absences(Enum):
    """How far ahead an out-of-office time is shown in what is published."""

    THIS_WEEK = "this week"
    ALL_WEEKS = "all weeks"


class BillerTable(ProviderTable):
    """[[billers]]: where confirmed charges go; one at most, and the ledger where none is named."""


class TaxTable(Section):
    """[billing.tax]: the tax on fees."""

    name: Text = setting("What it is called on invoices.", 'a short name in quotes such as "VAT"')
    rate: Rate = setting("Its rate in per cent.", 'a number in quotes such as "19" or "8.875"')
    included: bool = setting("Whether the prices of the fees include it.", _SWITCH)


class Invoices(Section):
    """[billing.invoices]: what stands on invoices beside their lines."""

    address: str = setting("The practice's postal address.", "a text in quotes; lines are kept", "")
    tax_number: str = setting("The practice's tax number.", "a text in quotes", "")
    payment: str = setting("How to pay.", "a text in quotes; lines are kept", "")
    due: PositiveDuration | None = setting(
        "How long a client has to pay; not given, no day is named.", ALLOWED_DURATION, None
    )
    prefix: str = setting(
        "What invoice numbers begin with; the year and a number without gaps follow.",
        'a short text in quotes such as "QH-"',
        "",
        max_length=12,
        pattern=r"^[A-Za-z0-9/_.-]*$",
    )
    folder: Path | None = setting(
        "Where invoices are written; not given, a folder in the state directory.", _PATH, None
    )


class Billing(Section):
    """[billing]: the fee policy as a whole, which clients agree to by its version."""

    version: Text = setting(
        "The version of the policy; each change of a fee needs a new one.", 'a short text such as "2026-1"'
    )
    effective_on: RecentDay = setting(
        "The day from which this version holds.", 'a date in quotes such as "2026-01-01"'
    )
    currency: CurrencyCode = setting("The currency of every price.", 'an ISO 4217 code such as "USD"')
    tax: TaxTable | None = setting("The tax on fees; none where it is not given.", "[billing.tax]", None)
    invoices: Invoices = setting("Invoices.", "[billing.invoices]", Invoices())


_CHANNELS = 'a list of "email", "sms", "voice", "voicemail", "letter", "platform", "in person", "other"'
_MINUTES = "a whole number of minutes from 0 to 600"


class FeeTable(Section):
    """[[fees]]: one clause of the fee policy; the first that matches a contact is the one that holds."""

    name: Text = setting("What the clause is called, on invoices too.", 'a short name such as "messages"')
    price: Text = setting("What the time costs.", ALLOWED_PRICE)
    channels: tuple[Channel, ...] = setting("For which channels; all where none is named.", _CHANNELS, ())
    topics: tuple[Text, ...] = setting(
        "For which topics; all where none is named.", 'a list such as ["scheduling"]', ()
    )
    exempt_topics: tuple[Text, ...] = setting(
        "Topics that are free.", 'a list such as ["scheduling", "billing"]', ()
    )
    boundary: Boundary = setting(
        "For contacts outside contact hours, within them, or both.", '"out", "in" or "any"', Boundary.OUT
    )
    trigger: Trigger = setting(
        "What makes a contact chargeable: time that was logged, or also an answer outside contact hours.",
        '"time logged" or "answered"',
        Trigger.TIME_LOGGED,
    )
    proposed_minutes: int = setting(
        'The time proposed for an answer without logged time (trigger "answered" only).',
        _MINUTES,
        0,
        ge=0,
        le=600,
    )
    meters: tuple[Meter, ...] = setting(
        "Which time counts; all of it where none is named.",
        'a list of "live", "listening", "reading", "writing", "preparing", "liaison"',
        (),
    )
    together: Period = setting(
        "What is added up before free minutes and rounding.",
        '"contact", "day", "week" or "month"',
        Period.CONTACT,
    )
    free_minutes: int = setting("How many minutes are free.", _MINUTES, 0, ge=0, le=600)
    free_per: Period | None = setting(
        "Over what they are free; not given, over what is added up.",
        '"contact", "day", "week" or "month"',
        None,
    )
    free: Beyond | None = setting(
        "What counts beyond the free minutes: only what exceeds them, or all of it. There is no default.",
        '"deductible" or "cliff"',
        None,
    )
    round: RoundingMode = setting(
        "How minutes are rounded.", '"exact", "up", "nearest" or "down"', RoundingMode.EXACT
    )
    round_to: int = setting(
        "To a multiple of so many minutes.", "a whole number from 1 to 120", 1, ge=1, le=120
    )
    minimum_minutes: int = setting("What counts at least, where anything counts.", _MINUTES, 0, ge=0, le=600)
    at_most: str | None = setting(
        "The most that one unit of what is added up may cost.", 'an amount such as "75.00"', None
    )

    @model_validator(mode="after")
    def _goes_together(self) -> "FeeTable":
        problem = _fee_problem(self)
        if problem:
            raise ValueError(problem)
        return self


def _fee_problem(fee: FeeTable) -> str | None:
    """What does not go together in one clause."""
    if fee.free_minutes and fee.free is None:
        return (
            '"free_minutes" needs "free"; allowed: "deductible" (only what exceeds them counts) or '
            '"cliff" (then all of it counts)'
        )
    if not fee.free_minutes and (fee.free or fee.free_per):
        return f'"{"free" if fee.free else "free_per"}" needs "free_minutes"; allowed: {_MINUTES}'
    if fee.trigger is Trigger.TIME_LOGGED and fee.proposed_minutes:
        return '"proposed_minutes" needs the trigger "answered"; allowed: trigger = "answered", or to leave it out'
    if fee.trigger is Trigger.ANSWERED and not fee.proposed_minutes:
        return 'the trigger "answered" needs "proposed_minutes"; allowed: a whole number from 1 to 600'
    if fee.round is RoundingMode.EXACT and fee.round_to != 1:
        return '"round_to" needs "round"; allowed: "up", "nearest" or "down"'
    if fee.free_minutes and fee.free:
        problem = allowance_problem(Allowance(60, fee.free, fee.free_per or fee.together), fee.together)
        return problem and f'{problem}; allowed: to leave out "free_per"'
    return None


class PublisherTable(ProviderTable):
    """[[publishers]]: a place where availability is published."""

    absences: Absences = setting(
        "How far ahead absences are shown (always as plain busy).",
        '"this week" or "all weeks"',
        Absences.THIS_WEEK,
    )
    mailbox: str | None = setting(
        "The mailbox that the provider answers by itself, for a kind that does; not given, the only one.",
        "the name of a mailbox of this configuration",
        None,
    )


class ClientDirectoryTable(ProviderTable):
    """[[client_directories]]: a list of clients that another system keeps; it is read, never written."""


class Store(Section):
    """[store]: where the program keeps what it must remember."""

    url: str = setting(
        "A database for many machines; empty means a SQLite file in the state directory.",
        'empty, "sqlite:////PATH" or "postgresql+psycopg://USER@HOST/NAME"',
        "",
        pattern=r"^$|^sqlite:///|^postgresql(\+psycopg)?://",
    )
    state_directory: Path | None = setting(
        "The folder of the store and its locks; not given, it is the usual one of this system.", _PATH, None
    )


class Daemon(Section):
    """[daemon]: how `boundary run` works."""

    poll: PositiveDuration = setting(
        "How often a mailbox is looked at, at the latest.", ALLOWED_DURATION, "60 seconds"
    )
    calendar_poll: PositiveDuration = setting(
        "How often calendars are read again, and client directories looked at, at the latest.",
        ALLOWED_DURATION,
        "5 minutes",
    )
    lease: PositiveDuration = setting(
        "How long a mailbox stays another daemon's after that one was last heard of.",
        ALLOWED_DURATION,
        "5 minutes",
    )
    drain: PositiveDuration = setting(
        "How long a daemon that is told to stop may take to finish what it began.",
        ALLOWED_DURATION,
        "20 seconds",
    )
    publish_weeks: int = setting(
        "How many weeks of availability are published.", "a whole number from 1 to 52", 8, ge=1, le=52
    )


class Retention(Section):
    """[retention]: how long things are remembered; not less than the rules of answering need."""

    decisions: PositiveDuration = setting(
        "Decisions with their reasons, and responses.",
        '60 days or more, such as "400 days"',
        "400 days",
        # The rules of answering look back so far (core/history.py).
        ge=timedelta(days=60),
    )
    contacts: PositiveDuration = setting("Contacts.", ALLOWED_DURATION, "400 days")
    overrides: PositiveDuration = setting(
        "One-off openings and closings that are over.", ALLOWED_DURATION, "400 days"
    )


class Config(Section):
    """A whole configuration; `load` in config/load.py makes it from a file."""

    practice: Practice = setting("The practice.", "[practice]")
    therapist: Therapist = setting("The therapist.", "[therapist]")
    hours: Hours = setting("Contact hours.", "[hours]")
    responses: Responses = setting("Responses.", "[responses]", Responses())
    topics: tuple[TopicWords, ...] = setting("Topics.", "[[topics]]", ())
    plugins: Plugins = setting("Plugins.", "[plugins]", Plugins())
    mailboxes: tuple[MailboxTable, ...] = setting("Mailboxes.", "[[mailboxes]]", ())
    calendars: tuple[CalendarTable, ...] = setting("Calendars.", "[[calendars]]", ())
    publishers: tuple[PublisherTable, ...] = setting("Publishers.", "[[publishers]]", ())
    billing: Billing | None = setting("The fee policy; none where it is not given.", "[billing]", None)
    fees: tuple[FeeTable, ...] = setting("The clauses of the fee policy.", "[[fees]]", ())
    billers: tuple[BillerTable, ...] = setting("Billers.", "one table [[billers]]", (), max_length=1)
    client_directories: tuple[ClientDirectoryTable, ...] = setting(
        "Client directories.", "[[client_directories]]", ()
    )
    store: Store = setting("The store.", "[store]", Store())
    daemon: Daemon = setting("The daemon.", "[daemon]", Daemon())
    retention: Retention = setting("Retention.", "[retention]", Retention())

    _place: Place = PrivateAttr(default_factory=Place)

    @property
    def place(self) -> Place:
        """The file it was read from, with the lines of its keys."""
        return self._place

    @property
    def path(self) -> Path:
        """The file it was read from."""
        return Path(self._place.file)

    def put(self, place: Place) -> None:
        """Remember the file, also in each provider's table."""
        self._place = place
        for section in PROVIDER_SECTIONS:
            for index, table in enumerate(getattr(self, section)):
                table.put(place.within(section, index))
