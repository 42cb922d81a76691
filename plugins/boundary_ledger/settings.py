"""The settings of the ledger: it has none."""

from pydantic import BaseModel, ConfigDict


class LedgerSettings(BaseModel):
    """[[billers]] of the kind `ledger`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
