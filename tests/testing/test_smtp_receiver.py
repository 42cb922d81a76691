"""The receiver that tests and the demo use: what it keeps, and when."""

import os
import smtplib
import stat
import threading
from pathlib import Path

import pytest

from boundary_plugins.testing.smtp_receiver import Received, SmtpReceiver

MESSAGE = "From: a@example.com\r\nSubject: x\r\n\r\nHello.\r\n"


def hand_in(port: int, sender: str = "a@example.com") -> None:
    """Send one message as any client would."""
    with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as client:
        client.sendmail(sender, ["client@example.org"], MESSAGE)


def test_it_keeps_what_it_confirmed_in_a_folder(tmp_path: Path) -> None:
    """Envelope on top, as a deliverer writes it, then the message byte for byte."""
    with SmtpReceiver(tmp_path / "received") as receiver:
        hand_in(receiver.port)

    expected = f"Return-Path: <a@example.com>\r\nDelivered-To: client@example.org\r\n{MESSAGE}"
    assert expected.encode() == (tmp_path / "received" / "0001.eml").read_bytes()


def test_it_is_on_the_disk_before_it_is_confirmed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a count after a power cut would be one short."""
    folder = tmp_path / "received"
    seen: list[tuple[bool, int]] = []
    real_sync = os.fsync

    def sync(handle: int) -> None:
        """Note what is synced while nothing was confirmed yet."""
        seen.append((stat.S_ISDIR(os.fstat(handle).st_mode), len(receiver.received)))
        real_sync(handle)

    with SmtpReceiver(folder) as receiver:
        monkeypatch.setattr(os, "fsync", sync)
        hand_in(receiver.port)

    # The file first, then the folder that names it.
    assert [(False, 0), (True, 0)] == seen


def test_a_second_receiver_goes_on_counting(tmp_path: Path) -> None:
    """Nothing that was kept is written over."""
    for _ in range(2):
        with SmtpReceiver(tmp_path) as receiver:
            hand_in(receiver.port)

    assert ["0001.eml", "0002.eml"] == sorted(path.name for path in tmp_path.iterdir())


def test_it_can_be_waited_for() -> None:
    """Without a sleep."""
    with SmtpReceiver() as receiver:
        sender = threading.Thread(target=hand_in, args=(receiver.port, ""))
        sender.start()

        came = receiver.wait_for(1)

        sender.join()
        assert came
        assert [Received("", ("client@example.org",), MESSAGE.encode(), ("SIZE=43",))] == receiver.received


def test_it_refuses_and_takes_connections_on_the_same_port() -> None:
    """A relay that goes away and comes back."""
    with SmtpReceiver() as receiver:
        port = receiver.port
        receiver.refuse_connections()
        with pytest.raises(ConnectionRefusedError):
            hand_in(port)
        receiver.accept_connections()

        hand_in(port)

        assert (port, 1) == (receiver.port, len(receiver.received))
