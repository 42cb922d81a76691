"""What the configuration says of a Maildir."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from boundary_plugins import SmtpSettings


class MaildirSettings(BaseModel):
    """A Maildir that is read, the Maildir of the therapist's own mail, and the host that sends.

    Without `sent` the therapist's own mail is not seen; without `smtp` nothing can be sent.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Annotated[str, Field(min_length=1)]
    sent: Annotated[str, Field(min_length=1)] | None = None
    smtp: SmtpSettings | None = None
