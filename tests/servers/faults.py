"""What is to go wrong at a server of ours: which call, how often, and how."""

from collections.abc import MutableSequence
from dataclasses import dataclass

from servers.loopback_http import Answer


@dataclass(slots=True)
class Fault:
    """What goes wrong with the next `times` calls of one kind, after `skip` of them went well.

    With `after` the work is done first. `act` is "status", "stall" or "drop".
    """

    call: str
    status: int = 500
    code: str = "internalServerError"
    retry_after: int | None = None
    times: int = 1
    skip: int = 0
    after: bool = False
    act: str = "status"

    def cut(self) -> Answer | None:
        """What only a socket can show; None where the fault is an answer."""
        if self.act == "status":
            return None
        return Answer(stall=self.act == "stall", drop=self.act == "drop")


def taken(faults: MutableSequence[Fault], call: str) -> Fault | None:
    """The fault whose turn it is; it is used up."""
    for fault in faults:
        if fault.call != call:
            continue
        if fault.skip:
            fault.skip -= 1
            continue
        fault.times -= 1
        if fault.times <= 0:
            faults.remove(fault)
        return fault
    return None
