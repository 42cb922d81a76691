"""Fee terms in the store: standing, session fee, consents and the recipient of invoices."""

from dataclasses import replace
from datetime import timedelta

from boundary_plugins.core.client import Consent, FeeStanding, FeeTerms
from boundary_plugins.core.fees.price import SessionFee
from boundary_plugins.store.repository import Store
from builders_money import DAY, NOW, on_file
from store.building import canonical, client

SIGNED = Consent("2026-1", NOW, "signed form")


def given(store: Store, *consents: Consent, client_id: str = "AB") -> list[bool]:
    """Consents put on record."""
    with store.transaction(NOW) as transaction:
        return [transaction.add_consent(client_id, each, NOW) for each in consents]


def test_a_new_client_pays_as_agreed_and_agreed_to_nothing(store: Store) -> None:
    """So nothing can be charged."""
    on_file(store, "AB")

    assert {"AB": FeeTerms("AB")} == store.fee_terms()
    assert {} == store.fee_terms("XY")
    assert None is store.invoice_recipient("AB")


def test_terms_are_kept_each_by_itself(store: Store) -> None:
    """What is not named stays."""
    on_file(store, "AB", "CD")
    fee = SessionFee(15000, "USD", 50)
    with store.transaction(NOW) as transaction:
        assert transaction.set_fee_terms("AB", NOW, session_fee=fee, invoice_to="A. Bell\n4 Mill Road")
        assert transaction.set_fee_terms("AB", NOW, standing=FeeStanding.SUSPENDED)
        assert not transaction.set_fee_terms("XY", NOW, standing=FeeStanding.NEVER)

    assert FeeTerms("AB", FeeStanding.SUSPENDED, fee) == store.fee_terms("AB")["AB"]
    assert FeeTerms("CD") == store.fee_terms()["CD"]
    assert "A. Bell\n4 Mill Road" == store.invoice_recipient("AB")

    with store.transaction(NOW) as transaction:
        transaction.set_fee_terms("AB", NOW, session_fee=None)
    assert FeeTerms("AB", FeeStanding.SUSPENDED) == store.fee_terms("AB")["AB"]


def test_one_consent_is_recorded_once(store: Store) -> None:
    """Another one of the same version is another one."""
    on_file(store, "AB")
    later = Consent("2026-1", NOW + DAY, "by email")

    assert [True, False, True] == given(store, SIGNED, SIGNED, later)
    assert (SIGNED, later) == store.fee_terms("AB")["AB"].consents


def test_taking_a_consent_back_ends_all_that_hold_and_keeps_them_on_record(store: Store) -> None:
    """From then on; of another version, or taken back before, nothing changes."""
    on_file(store, "AB")
    before = Consent("2026-1", NOW - 9 * DAY, "by phone", NOW - 8 * DAY)
    other = Consent("2026-2", NOW, "by email")
    given(store, before, SIGNED, other)

    with store.transaction(NOW) as transaction:
        ended = transaction.revoke_consent("AB", "2026-1", NOW + DAY)
        again = transaction.revoke_consent("AB", "2026-1", NOW + DAY)

    terms = store.fee_terms("AB")["AB"]
    assert (1, 0) == (ended, again)
    assert [NOW - 8 * DAY, NOW + DAY, None] == [each.revoked_at for each in terms.consents]
    moments = (NOW - timedelta(seconds=1), NOW, NOW + DAY - timedelta(seconds=1), NOW + DAY)
    assert [False, True, True, False] == [terms.consent_at("2026-1", at) is not None for at in moments]


def test_editing_a_client_keeps_terms_and_consents(store: Store) -> None:
    """So does a directory that adds what is not on file yet."""
    on_file(store, "AB")
    given(store, SIGNED)
    with store.transaction(NOW) as transaction:
        transaction.set_fee_terms("AB", NOW, session_fee=SessionFee(15000, "USD", 50), invoice_to="A. Bell")
    before = store.fee_terms()

    edited = client("AB", "ab@example.org", "ab@example.com", language="de", active=False)
    with store.transaction(NOW) as transaction:
        transaction.edit_client(edited, canonical(edited), NOW)
    more = replace(edited, addresses=(*edited.addresses, "ab@example.net"))
    with store.transaction(NOW) as transaction:
        transaction.extend_clients([(more, canonical(more))], NOW)

    assert before == store.fee_terms()
    assert "A. Bell" == store.invoice_recipient("AB")
    found = store.client("AB")
    assert found is not None
    assert ("de", 3) == (found.language, len(found.addresses))
