"""The history while nothing is sent: what would have been sent counts, so that what is said of it is true."""

from dataclasses import replace
from datetime import datetime

from boundary_plugins.core.fact import Unknown
from boundary_plugins.core.history import History, NotWatched, PastResponse
from boundary_plugins.store.deciding import AN_HOUR, REMEMBERED, DecidingWrites
from boundary_plugins.store.records import Sender
from boundary_plugins.store.statement import Statement
from boundary_plugins.store.tables import from_stored, to_stored

# What would have been sent: answered by the verdict, and without a response, as the program only watched.
_WOULD_HAVE = (
    " FROM messages m {contact} WHERE m.therapist = ? AND m.would_respond AND m.decided_at >= ? {which}"
    " AND NOT EXISTS (SELECT 1 FROM intents i WHERE i.therapist = m.therapist"
    " AND i.mailbox = m.mailbox AND i.provider_id = m.provider_id)"
)
# A message that was refused as answered already and would respond all the same gives resources alone.
_WOULD_HAVE_TO_CLIENT = Statement(
    "SELECT m.decided_at, c.window_end, m.reason = 'already-answered'"
    + _WOULD_HAVE.format(
        contact="JOIN contacts c ON c.therapist = m.therapist AND c.mailbox = m.mailbox"
        " AND c.provider_id = m.provider_id",
        which="AND c.client_id = ?",
    )
)
_WOULD_HAVE_FROM_MAILBOX = Statement(
    "SELECT COUNT(*)" + _WOULD_HAVE.format(contact="", which="AND m.mailbox = ?")
)


class WatchingWrites(DecidingWrites):
    """What the inbox asks in place of the history while the program only watches, or is paused."""

    def history_watching(
        self,
        mailbox: str,
        sender: Sender,
        at: datetime,
        *,
        therapist_mail: NotWatched | Unknown | None = None,
        provider_responder_has_window: bool | Unknown = False,
    ) -> History:
        """The history while nothing is sent: what would have been sent counts like what was.

        So that what the program says it would have sent is true. It never bears on a real response.
        Of people who are not on file nobody knows whom it would have gone to, so only clients' count.
        """
        history = self.history(
            mailbox,
            sender,
            at,
            therapist_mail=therapist_mail,
            provider_responder_has_window=provider_responder_has_window,
        )
        now = to_stored(at)
        to_client = _WOULD_HAVE_TO_CLIENT.run(
            self.driver, (self.therapist, now - REMEMBERED, sender.client_id)
        )
        would_have = [
            PastResponse(from_stored(made_at), from_stored(window_end), bool(resources_only))
            for made_at, window_end, resources_only in to_client.fetchall()
        ]
        from_mailbox = _WOULD_HAVE_FROM_MAILBOX.run(self.driver, (self.therapist, now - AN_HOUR, mailbox))
        return replace(
            history,
            responses=tuple(sorted((*history.responses, *would_have), key=lambda made: made.at)),
            responses_from_mailbox=history.responses_from_mailbox + int(from_mailbox.fetchone()[0]),
        )
