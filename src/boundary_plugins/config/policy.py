"""What a configuration means for the core: the policy of answering, as the decision reads it."""

from collections.abc import Iterable

from boundary_plugins.config.schema import Config, Responses
from boundary_plugins.core.policy import PromiseKind, ResponsePolicy


def response_policy(
    config: Config,
    *,
    public_mail_domains: Iterable[str] = (),
    platforms: Iterable[str] = (),
    languages: Iterable[str] = (),
) -> ResponsePolicy:
    """The configured rules of answering.

    `public_mail_domains` are the domains of public mail providers (data/public_mail_domains.toml), whose
    users are not one another's neighbours: the cap by domain does not count for them. `platforms` are
    the domains of text-therapy and practice platforms (data/messaging_platforms.toml), `languages` those
    that there are texts in (English always).
    """
    responses = config.responses
    kind, business_days = _promise(responses)
    return ResponsePolicy(
        own_addresses=config.therapist.addresses,
        zone=config.practice.zone,
        language=config.practice.language,
        languages=frozenset({"en", *languages}),
        region=config.practice.region,
        audience=responses.audience,
        subject_form=responses.subject,
        opens_soon=responses.opens_soon,
        greatest_age=responses.greatest_age,
        least_gap=responses.least_gap,
        repeat_after=responses.repeat_after,
        response_suppress_is_obeyed_for_clients=responses.obey_suppress_header,
        responses_a_day_to_sender=responses.limits.sender_a_day,
        responses_a_day_to_domain=responses.limits.domain_a_day,
        responses_an_hour_from_mailbox=responses.limits.mailbox_an_hour,
        promise=kind,
        promise_business_days=business_days,
        public_mail_domains=frozenset(domain.lower() for domain in public_mail_domains),
        platforms=frozenset(domain.lower() for domain in platforms),
    )


def _promise(responses: Responses) -> tuple[PromiseKind, int]:
    """The kind of promise, and its number of business days (1 where it has none)."""
    count, _, rest = responses.promise.partition(" business day")
    if rest in ("", "s") and count.isdecimal():
        return PromiseKind.BUSINESS_DAYS, int(count)
    return PromiseKind(responses.promise), 1
