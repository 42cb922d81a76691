"""The error tree; a class docstring is the sentence that a person sees.

No error carries a payload: provider, status and request id at most, never a header value or a text.
"""

from datetime import datetime


class BoundaryError(Exception):
    """Something went wrong in Boundary Plugins."""

    exit_code = 1

    def __str__(self) -> str:
        """What went wrong, or the class's own sentence."""
        return super().__str__() or (type(self).__doc__ or "").splitlines()[0]


class UsageProblem(BoundaryError):
    """The command was not understood."""

    exit_code = 2


class ConfigError(BoundaryError):
    """The configuration has errors."""

    exit_code = 78

    def __init__(self, problems: "tuple[ConfigProblem, ...]") -> None:
        """Carry every problem at once, in the order of the file."""
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class ConfigProblem:
    """One problem of a configuration: where it stands, what is wrong and what is allowed."""

    def __init__(self, file: str, line: int | None, key: str, problem: str) -> None:
        """Name the file, the line (counted from 1, None if unknown), the dotted key and the problem."""
        self.file, self.line, self.key, self.problem = file, line, key, problem

    def __str__(self) -> str:
        """One line: file:line: key: problem."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.key}: {self.problem}" if self.key else f"{place}: {self.problem}"


class PluginError(BoundaryError):
    """A plugin failed."""

    def __init__(self, plugin: str, problem: str = "") -> None:
        """Name the plugin."""
        super().__init__(f"plugin {plugin}: {problem or 'failed'}")
        self.plugin = plugin


class StoreError(BoundaryError):
    """The store cannot be used."""

    def __init__(self, problem: str = "", *, retry: bool = False) -> None:
        """Say what is wrong; `retry` where the same call may succeed later and nothing was lost."""
        super().__init__(problem)
        self.retry = retry


class ClockWentBack(StoreError):
    """The clock shows an earlier time than the last thing on record, so nothing is sent."""

    def __init__(self, problem: str = "", *, last: datetime | None = None) -> None:
        """Say what is wrong; `last` is the instant (aware, UTC) of the last thing on record."""
        super().__init__(problem)
        self.last = last


class SecretError(BoundaryError):
    """A secret cannot be read or kept."""


class MissingExtra(BoundaryError):
    """A part of the program that is installed on request is not there."""


class ProviderError(BoundaryError):
    """A provider failed."""

    def __init__(self, provider: str, problem: str = "", *, retry_at: datetime | None = None) -> None:
        """Name the provider (`mailbox main`); `retry_at` is aware, where the provider said when."""
        super().__init__(f"{provider}: {problem or (type(self).__doc__ or '').splitlines()[0]}")
        self.provider = provider
        self.retry_at = retry_at


class Unavailable(ProviderError):
    """The provider cannot be reached; nothing was done, and it will be tried again."""


class RateLimited(ProviderError):
    """The provider asks for patience; nothing was done, and it will be tried again."""


class AuthorizationNeeded(ProviderError):
    """The provider wants a new sign-in."""

    exit_code = 77


class Refused(ProviderError):
    """The provider refused for good; nothing was done, and trying again will not help."""


class OutcomeUnknown(ProviderError):
    """The connection was lost before the provider confirmed: it may or may not have acted."""


class Gone(ProviderError):
    """What was asked for is no longer there."""


class Unsupported(ProviderError):
    """The provider cannot do this."""

    def __init__(self, provider: str, feature: str) -> None:
        """Name the missing feature."""
        super().__init__(provider, f"does not support {feature}")
        self.feature = feature


#: What was asked for was surely not done, and may be done later.
SURELY_NOT_DONE = (Unavailable, RateLimited, AuthorizationNeeded)
#: What was asked for was surely not done, and never will be.
NEVER_DONE = (Refused, Unsupported)
