"""What a configuration says about judging and answering, as the judge and the renderer that follow it."""

from boundary_plugins.config.load import validate_settings
from boundary_plugins.config.policy import response_policy
from boundary_plugins.config.schema import Config, ProviderTable
from boundary_plugins.core.policy import ResponsePolicy
from boundary_plugins.daemon.classifying import classification_for
from boundary_plugins.daemon.judging import Judge
from boundary_plugins.daemon.responder_config import answered_mailbox, responder_problems
from boundary_plugins.daemon.timetable import Timetable
from boundary_plugins.data import platform_domains, public_mail_domains
from boundary_plugins.errors import ConfigError
from boundary_plugins.host.manager import PluginHost
from boundary_plugins.host.providers import Capability
from boundary_plugins.rendering import Renderer
from boundary_plugins.rendering.templates import languages


def judge_for(config: Config, host: PluginHost, timetable: Timetable) -> Judge:
    """The rules in force."""
    return Judge(
        hours_around=timetable.hours_around,
        policy=policy_for(config),
        classification=classification_for(config, host.suppression_rules, host.topic_rules),
    )


def sees_sent(config: Config, host: PluginHost) -> bool:
    """Whether the first mailbox sees the therapist's own mail; not where it cannot be understood."""
    return any(_sees_sent(table, host) for table in config.mailboxes[:1])


def mailboxes_without_sent(config: Config, host: PluginHost) -> list[str]:
    """The names of the mailboxes from which the therapist's own mail is not seen."""
    return [table.name for table in config.mailboxes if not _sees_sent(table, host)]


def mailboxes_answered_by_provider(config: Config, host: PluginHost) -> dict[str, str]:
    """The names of the mailboxes that their provider answers by itself, each with that of the publisher."""
    found = {}
    for table in config.publishers:
        provider = host.publishers.get(table.kind)
        answers = provider is not None and Capability.ANSWER_EVERYONE in provider.capabilities
        if provider is not None and answers and not responder_problems(table, provider, config):
            found[answered_mailbox(table, config)] = table.name
    return found


def _sees_sent(table: ProviderTable, host: PluginHost) -> bool:
    """Whether a mailbox sees the therapist's own mail."""
    provider = host.mailboxes.get(table.kind)
    if provider is None:
        return False
    try:
        settings = validate_settings(provider.settings, table)
    except ConfigError:
        return False
    return Capability.SEE_SENT in provider.capabilities_with(settings)


def policy_for(config: Config) -> ResponsePolicy:
    """The policy of answering, with what the program's data know of mail providers and platforms."""
    return response_policy(
        config,
        public_mail_domains=public_mail_domains(),
        platforms=platform_domains(),
        languages=languages(),
    )


def renderer_for(config: Config) -> Renderer:
    """What turns facts into texts."""
    return Renderer(
        practice_name=config.practice.name,
        therapist_name=config.therapist.name,
        template_directory=config.responses.template_directory,
    )
