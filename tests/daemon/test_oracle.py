"""Nobody can learn from a response, or from its absence, who is a client."""

import pytest

from boundary_plugins.core.client import AutoReply, Client
from daemon.practice import AB, AB_AT_WORK, CLIENTS, STRANGER, Practice, text_of, without_ids

ATTACKER = "attacker@example.net"
NEVER = Client("EF", ("e.f@example.org",), auto_reply=AutoReply.NEVER)
EVERYONE = 'audience = "everyone"'


def test_a_forged_from_with_another_return_path_is_answered_at_the_address_on_file_alone(
    practice: Practice,
) -> None:
    practice.start()
    practice.deliver(AB, path=ATTACKER, headers={"Reply-To": ATTACKER, "Sender": ATTACKER})

    practice.look_and_send()

    assert [AB] == practice.recipients
    assert AB == str(practice.responses[0]["To"])
    assert ATTACKER.encode() not in practice.receiver.received[0].content
    practice.assert_nothing_private_was_kept()


def test_of_two_addresses_on_file_the_reverse_path_is_answered(practice: Practice) -> None:
    practice.start()
    practice.deliver(AB, path=AB_AT_WORK)

    practice.look_and_send()

    assert [AB_AT_WORK] == practice.recipients


def test_a_stranger_gets_nothing_and_reply_to_is_never_used(practice: Practice) -> None:
    practice.start()
    stranger = practice.deliver(STRANGER, headers={"Reply-To": AB})
    practice.deliver(AB, headers={"Reply-To": "elsewhere@example.net"})

    practice.look_and_send()

    assert "stranger" == practice.reason(stranger)
    assert [AB] == practice.recipients


def test_with_audience_everyone_client_and_stranger_get_the_same_bytes(practice: Practice) -> None:
    practice.configure(responses=EVERYONE)
    client = Client(
        "AB", (AB,), zone="Australia/Lord_Howe", language="de", region="AU", auto_reply=AutoReply.FULL
    )
    practice.start(clients=[client])
    practice.deliver(AB, "Hello")
    practice.deliver(STRANGER, "Hello")

    practice.look_and_send()

    to_client, to_stranger = (without_ids(each.content) for each in practice.receiver.received)
    assert to_client == to_stranger
    assert text_of(practice.responses[0]) == text_of(practice.responses[1])
    assert {AB, STRANGER} == set(practice.recipients)


def test_with_audience_everyone_a_forged_from_tells_nothing_of_a_client_who_opted_out(
    practice: Practice,
) -> None:
    practice.configure(responses=EVERYONE)
    practice.start(clients=(*CLIENTS, NEVER))
    for number, forged in enumerate((AB, NEVER.addresses[0], STRANGER)):
        practice.deliver(forged, "Hello", path=f"attacker{number}@example.net")

    practice.look_and_send()

    assert [f"attacker{number}@example.net" for number in range(3)] == practice.recipients
    first, second, third = (without_ids(each.content) for each in practice.receiver.received)
    assert first == second == third


def test_with_audience_everyone_a_forged_from_uses_up_nobody_elses_response(practice: Practice) -> None:
    practice.configure(responses=EVERYONE)
    practice.start()
    practice.deliver(AB, path=ATTACKER)
    practice.look_and_send()

    practice.deliver(AB)
    practice.look_and_send()

    assert [ATTACKER, AB] == practice.recipients


def test_a_response_decided_for_an_address_on_file_never_goes_elsewhere_after_a_reload(
    practice: Practice,
) -> None:
    practice.start()
    practice.deliver(AB, path=ATTACKER)
    practice.look()
    practice.configure(responses=EVERYONE)
    practice.restart()

    practice.look_and_send()

    assert [AB] == practice.recipients


def test_a_client_who_opts_out_during_the_hold_is_not_answered(practice: Practice) -> None:
    practice.start()
    practice.deliver(AB)
    practice.look()
    with practice.store.transaction(practice.clock.now) as transaction:
        client = practice.store.client("AB")
        assert client is not None
        opted_out = Client("AB", client.addresses, auto_reply=AutoReply.NEVER)
        transaction.edit_client(opted_out, [AB, AB_AT_WORK], practice.clock.now)

    practice.look_and_send()

    assert [] == practice.recipients


def test_with_audience_everyone_the_language_of_the_message_counts_and_not_the_clients(
    practice: Practice,
) -> None:
    practice.configure(responses=EVERYONE)
    practice.start(clients=[Client("AB", (AB,), language="de", auto_reply=AutoReply.FULL)])
    practice.deliver(AB, "Bonjour", headers={"Content-Language": "fr"})
    practice.deliver(STRANGER, "Bonjour", headers={"Content-Language": "fr"})

    practice.look_and_send()

    to_client, to_stranger = (without_ids(each.content) for each in practice.receiver.received)
    assert to_client == to_stranger
    assert ["fr", "fr"] == [response["Content-Language"] for response in practice.responses]


@pytest.mark.parametrize("audience", ["clients", "everyone"])
def test_a_removed_message_or_directory_entry_never_makes_a_traceback(
    practice: Practice, audience: str
) -> None:
    practice.configure(responses=f'audience = "{audience}"')
    practice.start()
    name = practice.deliver(AB)
    practice.look()
    (practice.maildir / "new" / name).unlink()

    practice.look_and_send()

    assert [AB] == practice.recipients if audience == "clients" else [] == practice.recipients
    assert "Traceback" not in practice.log_text
