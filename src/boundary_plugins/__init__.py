"""What a plugin author imports: values, ports, codecs, errors and `hookimpl`; loaded when first used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boundary_plugins.availability_sources.local_time import day_start as day_start
    from boundary_plugins.availability_sources.this_week import shown_this_week as shown_this_week
    from boundary_plugins.codecs.icalendar import CalendarFile as CalendarFile
    from boundary_plugins.codecs.icalendar import bare_calendar as bare_calendar
    from boundary_plugins.codecs.icalendar import is_entry as is_entry
    from boundary_plugins.codecs.icalendar import is_iana_zone as is_iana_zone
    from boundary_plugins.codecs.icalendar import is_publication as is_publication
    from boundary_plugins.codecs.icalendar import is_whole_calendar as is_whole_calendar
    from boundary_plugins.codecs.icalendar import open_calendar as open_calendar
    from boundary_plugins.codecs.icalendar import read_calendar as read_calendar
    from boundary_plugins.codecs.icalendar import same_lines as same_lines
    from boundary_plugins.codecs.icalendar import write_availability as write_availability
    from boundary_plugins.codecs.icalendar import write_entries as write_entries
    from boundary_plugins.codecs.icalendar import write_hours as write_hours
    from boundary_plugins.codecs.icalendar import zone_by_name as zone_by_name
    from boundary_plugins.codecs.icalendar_publication import closed_times as closed_times
    from boundary_plugins.codecs.icalendar_publication import open_times as open_times
    from boundary_plugins.codecs.mime import arrival_instant as arrival_instant
    from boundary_plugins.codecs.mime import header_block as header_block
    from boundary_plugins.codecs.mime import read_headers as read_headers
    from boundary_plugins.codecs.mime import read_message as read_message
    from boundary_plugins.codecs.mime_sent import RESPONSE_HEADER as RESPONSE_HEADER
    from boundary_plugins.codecs.mime_sent import SENT_LOOKBACK as SENT_LOOKBACK
    from boundary_plugins.codecs.mime_sent import read_sent as read_sent
    from boundary_plugins.codecs.sieve import SIEVE_REQUIRED as SIEVE_REQUIRED
    from boundary_plugins.codecs.sieve import is_sieve_script as is_sieve_script
    from boundary_plugins.codecs.sieve import is_unchanged_sieve_script as is_unchanged_sieve_script
    from boundary_plugins.codecs.sieve import sieve_answers as sieve_answers
    from boundary_plugins.codecs.sieve import write_sieve as write_sieve
    from boundary_plugins.connecting import failure_in_words as failure_in_words
    from boundary_plugins.connecting import is_loopback as is_loopback
    from boundary_plugins.connecting import retry_after as retry_after
    from boundary_plugins.connecting import verifying_tls as verifying_tls
    from boundary_plugins.core.asked_fields import ASKED_FIELDS as ASKED_FIELDS
    from boundary_plugins.core.availability import Availability as Availability
    from boundary_plugins.core.availability import BusyType as BusyType
    from boundary_plugins.core.availability import Window as Window
    from boundary_plugins.core.circumstances import Circumstances as Circumstances
    from boundary_plugins.core.circumstances import Finding as Finding
    from boundary_plugins.core.circumstances import SuppressionRule as SuppressionRule
    from boundary_plugins.core.client import AutoReply as AutoReply
    from boundary_plugins.core.client import Client as Client
    from boundary_plugins.core.client_entry import ClientEntry as ClientEntry
    from boundary_plugins.core.contact import Channel as Channel
    from boundary_plugins.core.contact import Topic as Topic
    from boundary_plugins.core.fact import UNKNOWN as UNKNOWN
    from boundary_plugins.core.fact import Unknown as Unknown
    from boundary_plugins.core.fees.price import Amount as Amount
    from boundary_plugins.core.fees.price import Currency as Currency
    from boundary_plugins.core.fees.price import Tax as Tax
    from boundary_plugins.core.interval import Interval as Interval
    from boundary_plugins.core.interval import difference as difference
    from boundary_plugins.core.interval import intersection as intersection
    from boundary_plugins.core.message import Headers as Headers
    from boundary_plugins.core.message import SubjectMessage as SubjectMessage
    from boundary_plugins.core.time_mark import marked_minutes as marked_minutes
    from boundary_plugins.core.topic import TopicRule as TopicRule
    from boundary_plugins.errors import AuthorizationNeeded as AuthorizationNeeded
    from boundary_plugins.errors import BoundaryError as BoundaryError
    from boundary_plugins.errors import Gone as Gone
    from boundary_plugins.errors import OutcomeUnknown as OutcomeUnknown
    from boundary_plugins.errors import PluginError as PluginError
    from boundary_plugins.errors import ProviderError as ProviderError
    from boundary_plugins.errors import RateLimited as RateLimited
    from boundary_plugins.errors import Refused as Refused
    from boundary_plugins.errors import SecretError as SecretError
    from boundary_plugins.errors import Unavailable as Unavailable
    from boundary_plugins.errors import Unsupported as Unsupported
    from boundary_plugins.host.hookspecs import hookimpl as hookimpl
    from boundary_plugins.host.providers import BillerProvider as BillerProvider
    from boundary_plugins.host.providers import CalendarProvider as CalendarProvider
    from boundary_plugins.host.providers import Capability as Capability
    from boundary_plugins.host.providers import ClientDirectoryProvider as ClientDirectoryProvider
    from boundary_plugins.host.providers import MailboxProvider as MailboxProvider
    from boundary_plugins.host.providers import PluginCommand as PluginCommand
    from boundary_plugins.host.providers import PublisherProvider as PublisherProvider
    from boundary_plugins.host.services import CommandServices as CommandServices
    from boundary_plugins.host.services import ConfiguredTable as ConfiguredTable
    from boundary_plugins.host.services import Log as Log
    from boundary_plugins.host.services import Services as Services
    from boundary_plugins.ports import GREATEST_MARK as GREATEST_MARK
    from boundary_plugins.ports import AbsenceKind as AbsenceKind
    from boundary_plugins.ports import Biller as Biller
    from boundary_plugins.ports import Calendar as Calendar
    from boundary_plugins.ports import CalendarContents as CalendarContents
    from boundary_plugins.ports import CalendarPeriod as CalendarPeriod
    from boundary_plugins.ports import Changes as Changes
    from boundary_plugins.ports import ChargeLine as ChargeLine
    from boundary_plugins.ports import ClientDirectory as ClientDirectory
    from boundary_plugins.ports import ClientListing as ClientListing
    from boundary_plugins.ports import Condition as Condition
    from boundary_plugins.ports import Examined as Examined
    from boundary_plugins.ports import Ledger as Ledger
    from boundary_plugins.ports import LedgerEntry as LedgerEntry
    from boundary_plugins.ports import Mailbox as Mailbox
    from boundary_plugins.ports import OrdinaryWeek as OrdinaryWeek
    from boundary_plugins.ports import OutgoingResponse as OutgoingResponse
    from boundary_plugins.ports import Publication as Publication
    from boundary_plugins.ports import PublicHoliday as PublicHoliday
    from boundary_plugins.ports import PublishedPractice as PublishedPractice
    from boundary_plugins.ports import Publisher as Publisher
    from boundary_plugins.ports import RefusedEntry as RefusedEntry
    from boundary_plugins.ports import Responder as Responder
    from boundary_plugins.ports import SendReceipt as SendReceipt
    from boundary_plugins.ports import SentMessage as SentMessage
    from boundary_plugins.ports import SentSearch as SentSearch
    from boundary_plugins.ports import TimeMark as TimeMark
    from boundary_plugins.ports import WeeklyResponse as WeeklyResponse
    from boundary_plugins.ports import WindowResponse as WindowResponse
    from boundary_plugins.rendering.page import is_page as is_page
    from boundary_plugins.rendering.page import page_made_at as page_made_at
    from boundary_plugins.rendering.page import write_page as write_page
    from boundary_plugins.sending_host import SendingHost as SendingHost
    from boundary_plugins.smtp_submission import SmtpSettings as SmtpSettings
    from boundary_plugins.smtp_submission import submit as submit
    from boundary_plugins.smtp_submission import try_submission as try_submission

# By module, the names that are imported from here.
_NAMES = {
    "boundary_plugins.availability_sources.local_time": ("day_start",),
    "boundary_plugins.availability_sources.this_week": ("shown_this_week",),
    "boundary_plugins.codecs.icalendar": (
        "CalendarFile",
        "bare_calendar",
        "is_entry",
        "is_iana_zone",
        "is_publication",
        "is_whole_calendar",
        "open_calendar",
        "read_calendar",
        "same_lines",
        "write_availability",
        "write_entries",
        "write_hours",
        "zone_by_name",
    ),
    "boundary_plugins.codecs.icalendar_publication": ("closed_times", "open_times"),
    "boundary_plugins.codecs.mime": ("arrival_instant", "header_block", "read_headers", "read_message"),
    "boundary_plugins.codecs.mime_sent": ("RESPONSE_HEADER", "SENT_LOOKBACK", "read_sent"),
    "boundary_plugins.connecting": ("failure_in_words", "is_loopback", "retry_after", "verifying_tls"),
    "boundary_plugins.codecs.sieve": (
        "SIEVE_REQUIRED",
        "is_sieve_script",
        "is_unchanged_sieve_script",
        "sieve_answers",
        "write_sieve",
    ),
    "boundary_plugins.core.asked_fields": ("ASKED_FIELDS",),
    "boundary_plugins.core.availability": ("Availability", "BusyType", "Window"),
    "boundary_plugins.core.circumstances": ("Circumstances", "Finding", "SuppressionRule"),
    "boundary_plugins.core.client": ("AutoReply", "Client"),
    "boundary_plugins.core.contact": ("Channel", "Topic"),
    "boundary_plugins.core.client_entry": ("ClientEntry",),
    "boundary_plugins.core.fact": ("UNKNOWN", "Unknown"),
    "boundary_plugins.core.fees.price": ("Amount", "Currency", "Tax"),
    "boundary_plugins.core.interval": ("Interval", "difference", "intersection"),
    "boundary_plugins.core.message": ("Headers", "SubjectMessage"),
    "boundary_plugins.core.time_mark": ("marked_minutes",),
    "boundary_plugins.core.topic": ("TopicRule",),
    "boundary_plugins.errors": (
        "AuthorizationNeeded",
        "BoundaryError",
        "Gone",
        "OutcomeUnknown",
        "PluginError",
        "ProviderError",
        "RateLimited",
        "Refused",
        "SecretError",
        "Unavailable",
        "Unsupported",
    ),
    "boundary_plugins.host.hookspecs": ("hookimpl",),
    "boundary_plugins.host.providers": (
        "BillerProvider",
        "CalendarProvider",
        "Capability",
        "ClientDirectoryProvider",
        "MailboxProvider",
        "PluginCommand",
        "PublisherProvider",
    ),
    "boundary_plugins.host.services": ("CommandServices", "ConfiguredTable", "Log", "Services"),
    "boundary_plugins.ports": (
        "GREATEST_MARK",
        "AbsenceKind",
        "Biller",
        "Calendar",
        "CalendarContents",
        "CalendarPeriod",
        "Changes",
        "ChargeLine",
        "ClientDirectory",
        "ClientListing",
        "Condition",
        "Examined",
        "Ledger",
        "LedgerEntry",
        "Mailbox",
        "OrdinaryWeek",
        "OutgoingResponse",
        "PublicHoliday",
        "Publication",
        "PublishedPractice",
        "Publisher",
        "RefusedEntry",
        "Responder",
        "SendReceipt",
        "SentMessage",
        "SentSearch",
        "TimeMark",
        "WeeklyResponse",
        "WindowResponse",
    ),
    "boundary_plugins.rendering.page": ("is_page", "page_made_at", "write_page"),
    "boundary_plugins.sending_host": ("SendingHost",),
    "boundary_plugins.smtp_submission": ("SmtpSettings", "submit", "try_submission"),
}
_HOMES = {name: module for module, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import the module that holds `name` when somebody asks for it."""
    if name not in _HOMES:
        raise AttributeError(f"boundary_plugins has no {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """The names that can be imported from here."""
    return sorted(_HOMES)
