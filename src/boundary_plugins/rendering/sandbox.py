"""Templates that can do nothing but choose and fill in words.

The sandbox of Jinja is the second wall. The first is a list of what a template may hold: text,
`{{ value }}`, `{% if %}`. Without loops, calls, attributes and arithmetic there is nothing to attack with,
and no way to run long or to grow large.
"""

from functools import cache

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

GREATEST_SOURCE = 20_000

_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.CondExpr,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Compare,
    nodes.Operand,
    nodes.Test,
)
_SPOKEN = "a template may hold text, {{ values }} and {% if %} only"


class UnusableTemplateError(Exception):
    """A template cannot be used. `line` is counted from 1, or None."""

    def __init__(self, problem: str, line: int | None = None) -> None:
        """Say what is wrong in one sentence, without any of the template's own words."""
        super().__init__(problem)
        self.problem, self.line = problem, line


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    """One environment; texts are escaped when the HTML twin is made, so nothing is escaped here."""
    # Plain text has no markup to escape; rendering/layout.py escapes each line of the HTML twin.
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True
    )


def compiled(source: str, values: frozenset[str]) -> Template:
    """Compile a template that may use the named values. Raises UnusableTemplateError."""
    if len(source) > GREATEST_SOURCE:
        raise UnusableTemplateError(f"it is longer than {GREATEST_SOURCE} characters")
    try:
        tree = _environment().parse(source)
        _examine(tree, values)
        return _environment().from_string(tree)
    except TemplateSyntaxError as error:
        raise UnusableTemplateError(f"it is not well-formed; {_SPOKEN}", error.lineno) from None
    except (TemplateError, RecursionError, SyntaxError, MemoryError, ValueError):
        raise UnusableTemplateError(f"it is too deeply nested or not well-formed; {_SPOKEN}") from None


def _examine(tree: nodes.Template, values: frozenset[str]) -> None:
    """Refuse everything that is not on the list. Raises UnusableTemplateError."""
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            kind = type(node).__name__.lower()
            raise UnusableTemplateError(f"{kind} is not allowed; {_SPOKEN}", node.lineno)
        if isinstance(node, nodes.Name) and node.name not in values:
            allowed = ", ".join(sorted(values))
            problem = f"it asks for a value that is not there; there are: {allowed}"
            raise UnusableTemplateError(problem, node.lineno)


def filled(template: Template, values: dict[str, object]) -> str:
    """Render. Raises UnusableTemplateError where a value is missing in this situation."""
    try:
        return template.render(values)
    except (TemplateError, RecursionError, TypeError, ValueError) as error:
        raise UnusableTemplateError("it uses a value that this text must not have") from error
