"""Pub/Sub as far as Gmail's watch needs it: a subscription that is pulled, and told of what changes."""

import itertools
import threading
from base64 import b64encode
from dataclasses import dataclass, field

from servers.discovery import Json
from servers.google_account import Account, Exchange

PULL = "pubsub.projects.subscriptions.pull"
#: In seconds: how long an empty pull is held, as Google holds it for longer.
HELD = 0.2


@dataclass(slots=True)
class Subscription:
    """What an account's watch told and nobody acknowledged yet."""

    waiting: dict[str, Json] = field(default_factory=dict)
    came: threading.Event = field(default_factory=threading.Event)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def tell(self, text: str) -> None:
        """Something changed."""
        number = str(next(self.numbers))
        self.waiting[number] = {"data": b64encode(text.encode()).decode(), "messageId": number}
        self.came.set()


def subscription_of(account: Account) -> Subscription:
    """The account's one subscription."""
    found = account.parts.setdefault("pubsub", Subscription())
    assert isinstance(found, Subscription)
    return found


def hold(account: Account) -> None:
    """Wait a moment for something to tell, outside of the account's lock."""
    subscription = subscription_of(account)
    if not subscription.waiting:
        subscription.came.wait(HELD)


def _pull(exchange: Exchange) -> Json:
    subscription = subscription_of(exchange.account)
    found = list(subscription.waiting.items())[: exchange.body["maxMessages"]]
    if not found:
        return {}
    return {"receivedMessages": [{"ackId": number, "message": message} for number, message in found]}


def _acknowledge(exchange: Exchange) -> Json:
    subscription = subscription_of(exchange.account)
    for number in exchange.body["ackIds"]:
        subscription.waiting.pop(number, None)
    if not subscription.waiting:
        subscription.came.clear()
    return {}


def _get(exchange: Exchange) -> Json:
    name = exchange.parameters["subscription"]
    project = name.partition("/subscriptions/")[0]
    return {"name": name, "topic": f"{project}/topics/gmail"}


HANDLERS = {
    PULL: _pull,
    "pubsub.projects.subscriptions.acknowledge": _acknowledge,
    "pubsub.projects.subscriptions.get": _get,
}
