"""Exchange's automatic replies as they stand, and a text in the form that they have (HTML)."""

import re
from dataclasses import dataclass
from html import escape, unescape
from typing import Any

from boundary_exchange import parse
from boundary_plugins import Interval, intersection

Xml = Any

DISABLED, SCHEDULED = "Disabled", "Scheduled"
#: Who outside the organisation gets the external reply.
EVERYBODY, NOBODY = "All", "None"
#: A class of HTML that tells a text of ours, and nobody else anything.
_MARK = "boundary-window"


@dataclass(frozen=True, slots=True)
class Replies:
    """The automatic replies of a mailbox: a state, during what, to whom outside, and two texts in HTML.

    `allowed` is whom outside the organisation's policy lets have one, "" where the server does not say.
    """

    state: str
    audience: str
    during: Interval | None
    internal: str
    external: str
    allowed: str = ""

    def is_of_ours(self) -> bool:
        """Whether it is this program's text that they answer with."""
        return _MARK in self.internal and _MARK in self.external

    def answers(self, between: Interval) -> tuple[Interval, ...]:
        """When somebody outside gets an answer, within an interval."""
        if self.state == DISABLED or self.audience == NOBODY:
            return ()
        if self.state == SCHEDULED:
            return intersection([self.during], [between]) if self.during else ()
        return (between,)

    def says(self, other: "Replies") -> bool:
        """Whether both do the same, whatever Exchange made of the HTML."""
        return (self.state, self.audience, self.during) == (other.state, other.audience, other.during) and [
            plain(self.internal),
            plain(self.external),
        ] == [plain(other.internal), plain(other.external)]


def read_replies(message: Xml) -> Replies:
    """The automatic replies of an answer."""
    settings = message.find("{*}OofSettings")
    if settings is None:
        return Replies(DISABLED, NOBODY, None, "", "")
    during = parse.interval(
        parse.text(settings, "t:Duration/t:StartTime"), parse.text(settings, "t:Duration/t:EndTime")
    )
    state = parse.text(settings, "t:OofState")
    return Replies(
        state=state,
        audience=parse.text(settings, "t:ExternalAudience"),
        during=during if state == SCHEDULED else None,
        internal=parse.text(settings, "t:InternalReply/t:Message"),
        external=parse.text(settings, "t:ExternalReply/t:Message"),
        allowed=parse.text(message, "m:AllowExternalOof"),
    )


def as_html(text: str) -> str:
    """A plain text as simple HTML that is marked as ours."""
    paragraphs = [each.strip("\n") for each in re.split(r"\n{2,}", text.strip())]
    inner = "".join(f"<p>{escape(each, quote=False)}</p>" for each in paragraphs).replace("\n", "<br>\n")
    return f'<html><body><div class="{_MARK}">{inner}</div></body></html>'


def plain(html: str) -> str:
    """The words of some HTML, one space between them: servers write the tags anew."""
    without_styles = re.sub(
        r"<(style|script)\b.*?</\1\s*>|<!--.*?-->", " ", html, flags=re.DOTALL | re.IGNORECASE
    )
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", without_styles)).split())
