"""What a configuration must say where a publisher's provider answers mail by itself."""

from typing import Any

from boundary_plugins.config.place import problem_at
from boundary_plugins.config.schema import Config, PublisherTable
from boundary_plugins.core.policy import Audience
from boundary_plugins.errors import ConfigProblem
from boundary_plugins.host.providers import Capability, PublisherProvider


def responder_problems(
    table: PublisherTable, provider: PublisherProvider[Any], config: Config
) -> list[ConfigProblem]:
    """Everything that does not fit in a publisher's table about answering by itself."""
    if Capability.ANSWER_EVERYONE not in provider.capabilities:
        if table.mailbox is None:
            return []
        problem = f"a publisher of the kind {table.kind!r} answers no mailbox; allowed: to leave it out"
        return [problem_at(table.place, ("mailbox",), problem)]
    problems = []
    if config.responses.audience is not Audience.EVERYONE:
        problem = (
            f"{table.kind!r} answers everyone who writes, because a mail server does not know who is a client; "
            'allowed: only where [responses] has audience = "everyone"'
        )
        problems.append(problem_at(table.place, ("kind",), problem))
    names = [mailbox.name for mailbox in config.mailboxes]
    if table.mailbox not in names and (table.mailbox is not None or len(names) != 1):
        allowed = ", ".join(names) or "none is configured; add [[mailboxes]]"
        what = "is missing" if table.mailbox is None else f"names no mailbox of this file ({table.mailbox!r})"
        problems.append(problem_at(table.place, ("mailbox",), f"{what}; allowed: {allowed}"))
    return problems


def answered_mailbox(table: PublisherTable, config: Config) -> str:
    """The mailbox that the provider of a publisher answers: the one it names, else the only one."""
    return table.mailbox or config.mailboxes[0].name
