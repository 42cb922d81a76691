"""The files of facts: readable, sourced, and of the right shape."""

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from boundary_plugins.core.contact import Topic
from boundary_plugins.data import crisis_phrases, platform_domains, public_mail_domains, topic_words
from boundary_plugins.data.mail_providers import MailProvider, mail_providers

OURS = (
    *(f"crisis_phrases/{language}.toml" for language in ("en", "es", "fr", "de")),
    "mail_providers.toml",
    "messaging_platforms.toml",
    "public_mail_domains.toml",
    "topics.toml",
)


@pytest.mark.parametrize("name", OURS)
def test_every_file_names_its_source_and_date(name: str) -> None:
    """Facts without a source are opinions."""
    facts = tomllib.loads(files("boundary_plugins.data").joinpath(name).read_text("utf-8"))

    assert facts["source"]
    assert facts["source_dated"]


DOMAINS_OF_PROVIDERS = frozenset(domain for known in mail_providers() for domain in known.domains)


@pytest.mark.parametrize("domain", sorted(platform_domains() | public_mail_domains() | DOMAINS_OF_PROVIDERS))
def test_a_domain_is_written_as_it_is_compared(domain: str) -> None:
    """Lower case, no at sign, no final dot."""
    assert domain == domain.strip(". ").lower()
    assert "." in domain
    assert "@" not in domain


def test_no_public_mail_provider_counts_as_a_platform() -> None:
    """Else every client there would be silent."""
    assert frozenset() == platform_domains() & public_mail_domains()


def test_a_domain_is_of_one_provider_only() -> None:
    """Else the order of the file would choose the server."""
    domains = [domain for known in mail_providers() for domain in known.domains]

    assert sorted(DOMAINS_OF_PROVIDERS) == sorted(domains)


@pytest.mark.parametrize("known", mail_providers(), ids=lambda known: known.name)
def test_the_plugins_page_names_each_provider_with_its_servers(known: MailProvider) -> None:
    """One row of its table says the same as the data."""
    page = Path(__file__).parent.parent / "plugins" / "boundary_imap" / "README.md"

    row = next(line for line in page.read_text("utf-8").splitlines() if line.startswith(f"| {known.name} "))

    assert f"| `{known.imap.host}`" in row
    assert f"| `{known.smtp.host}`" in row
    assert known.files_sent == ("server_files_sent = true" in row)
    assert known.own_certificate == ("ca_file" in row)


def test_the_platforms_of_the_mission_are_there() -> None:
    """BetterHelp, Talkspace, SimplePractice."""
    assert {"betterhelp.com", "talkspace.com", "simplepractice.com"} <= platform_domains()


def test_the_phrases_of_every_language_are_looked_for() -> None:
    """People write in the language they feel in."""
    every = crisis_phrases()

    assert {"want to die", "quiero morir", "envie de mourir", "will sterben"} <= set(every)
    assert set(every) == {phrase for each in ("en", "es", "fr", "de") for phrase in crisis_phrases(each)}


def test_an_umlaut_counts_in_both_spellings() -> None:
    """As it is written where a keyboard has none."""
    assert {"möchte sterben", "moechte sterben"} <= set(crisis_phrases("de"))


def test_the_topics_are_the_cores_in_order() -> None:
    """Billing and homework before scheduling."""
    expected = [Topic.BILLING.value, Topic.HOMEWORK.value, Topic.SCHEDULING.value]

    assert expected == [rule.topic for rule in topic_words()]
    assert all(rule.words for rule in topic_words())
