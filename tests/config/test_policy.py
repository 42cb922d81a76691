"""A configuration becomes the policy that the core reads."""

from datetime import timedelta
from pathlib import Path

import pytest

from boundary_plugins.config.load import parse
from boundary_plugins.config.policy import response_policy
from boundary_plugins.core.policy import Audience, PromiseKind, ResponsePolicy, SubjectForm

MINIMAL = """
[practice]
name = "Quiet Harbor"
zone = "America/New_York"
[therapist]
addresses = ["therapist@example.com"]
[hours]
weekly = "mon 09:00-12:00"
"""


def policy_of(text: str, practice: str = 'zone = "America/New_York"') -> ResponsePolicy:
    config = parse(
        MINIMAL.replace('zone = "America/New_York"', practice) + text,
        file="config.toml",
        base=Path("/practice"),
    )
    return response_policy(
        config, public_mail_domains=["Example.NET"], platforms=["Example.ORG"], languages=["de"]
    )


def test_the_defaults_of_the_file_are_the_defaults_of_the_core() -> None:
    policy = policy_of("")

    expected = ResponsePolicy(
        own_addresses=("therapist@example.com",),
        zone="America/New_York",
        languages=frozenset({"en", "de"}),
        public_mail_domains=frozenset({"example.net"}),
        platforms=frozenset({"example.org"}),
    )
    assert expected == policy


def test_every_configured_rule_reaches_the_policy() -> None:
    policy = policy_of(
        """
        [responses]
        audience = "everyone"
        subject = "original"
        opens_soon = "1 hour"
        greatest_age = "6 hours"
        least_gap = "5 hours"
        repeat_after = "3 days"
        promise = "2 business days"
        obey_suppress_header = false
        limits = { sender_a_day = 4, domain_a_day = 5, mailbox_an_hour = 6 }
        """,
        'zone = "Europe/Berlin"\nlanguage = "de"\nregion = "DE"',
    )

    expected = ResponsePolicy(
        own_addresses=("therapist@example.com",),
        audience=Audience.EVERYONE,
        subject_form=SubjectForm.ORIGINAL,
        opens_soon=timedelta(hours=1),
        greatest_age=timedelta(hours=6),
        least_gap=timedelta(hours=5),
        repeat_after=timedelta(days=3),
        response_suppress_is_obeyed_for_clients=False,
        responses_a_day_to_sender=4,
        responses_a_day_to_domain=5,
        responses_an_hour_from_mailbox=6,
        promise=PromiseKind.BUSINESS_DAYS,
        promise_business_days=2,
        public_mail_domains=frozenset({"example.net"}),
        platforms=frozenset({"example.org"}),
        zone="Europe/Berlin",
        language="de",
        languages=frozenset({"en", "de"}),
        region="DE",
    )
    assert expected == policy


@pytest.mark.parametrize(
    ("text", "kind", "days"),
    [
        # The three forms that are allowed, in singular and plural.
        ("next opening", PromiseKind.NEXT_OPENING, 1),
        ("none", PromiseKind.NONE, 1),
        ("1 business day", PromiseKind.BUSINESS_DAYS, 1),
        ("10 business days", PromiseKind.BUSINESS_DAYS, 10),
    ],
)
def test_a_promise_in_words_becomes_its_kind_and_days(text: str, kind: PromiseKind, days: int) -> None:
    policy = policy_of(f'[responses]\npromise = "{text}"')

    assert (kind, days) == (policy.promise, policy.promise_business_days)
