"""An SMTP receiver on this machine that keeps what it gets, with a switch for each fault."""

import asyncio
import os
import ssl
import threading
from collections.abc import Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any

from boundary_plugins.testing.smtp_dialogue import Dialogue, Fault, Received, Reply, Stage

__all__ = ["Fault", "Received", "Reply", "SmtpReceiver", "Stage"]


class SmtpReceiver:
    """A receiver on 127.0.0.1 in a thread of its own; used as a context manager, or `start` and `close`.

    With `folder` each message is written there (`0001.eml`, with Return-Path and Delivered-To on top) and
    synced to the disk *before* it is confirmed. `faults` may be changed at any time; `null_refused_at`
    (MAIL or RCPT) makes it a relay that takes no null reverse-path. `tls` offers STARTTLS, or with
    `implicit_tls` speaks TLS from the start. `sign_in` is the user name and password to ask for.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        implicit_tls: bool = False,
        sign_in: tuple[str, str] | None = None,
        smtputf8: bool = True,
    ) -> None:
        """Take the switches; `port` 0 takes any free one."""
        self.folder, self.port = folder, port
        self.tls, self.implicit_tls, self.sign_in, self.smtputf8 = tls, implicit_tls, sign_in, smtputf8
        self.faults: dict[Stage, Reply | Fault] = {}
        self.null_refused_at: Stage | None = None
        self.received: list[Received] = []
        self.connections = 0
        self._arrived = threading.Condition()
        self._reached: dict[Stage, threading.Event] = {stage: threading.Event() for stage in Stage}
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._sessions: set[Dialogue] = set()
        self._thread = threading.Thread(target=self._serve, name="smtp-receiver", daemon=True)

    def __enter__(self) -> "SmtpReceiver":
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def start(self) -> "SmtpReceiver":
        """Listen; `port` is known when this returns."""
        self._thread.start()
        self.accept_connections()
        return self

    def close(self) -> None:
        """Stop listening, break off every dialogue and end the thread."""
        if self._thread.is_alive():
            self.refuse_connections()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def refuse_connections(self) -> None:
        """Stop listening, so that the next connection is refused, until `accept_connections`."""
        self._run(self._stop_listening())

    def accept_connections(self) -> None:
        """Listen, again on the same port."""
        self._run(self._listen())

    def wait_for(self, count: int, seconds: float = 10.0) -> bool:
        """Whether that many messages have come, waiting for them as long as allowed."""
        with self._arrived:
            return self._arrived.wait_for(lambda: len(self.received) >= count, seconds)

    def wait_until_reached(self, stage: Stage, seconds: float = 10.0) -> bool:
        """Whether some dialogue has come to a stage, waiting as long as allowed."""
        return self._reached[stage].wait(seconds)

    def keep(self, message: Received) -> None:
        """Record a message, on the disk first."""
        with self._arrived:
            if self.folder is not None:
                _write_synced(self.folder, len(self.received) + 1, message)
            self.received.append(message)
            self._arrived.notify_all()

    def fault_at(self, stage: Stage) -> Reply | Fault | None:
        """The fault that is switched on for a stage which was just reached."""
        self._reached[stage].set()
        return self.faults.get(stage)

    def forget(self, dialogue: Dialogue) -> None:
        """A dialogue is over."""
        self._sessions.discard(dialogue)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something in the receiver's thread and wait for it."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    def _serve(self) -> None:
        """Run the loop until it is stopped, then clear away what is left."""
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        for session in tuple(self._sessions):
            session.abort()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _listen(self) -> None:
        """Open the listening socket."""
        context = self.tls if self.implicit_tls else None
        self._server = await self._loop.create_server(self._session, "127.0.0.1", self.port, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop_listening(self) -> None:
        """Close the listening socket; dialogues go on."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _session(self) -> Dialogue:
        """One dialogue."""
        self.connections += 1
        session = Dialogue(self, self._loop)
        self._sessions.add(session)
        return session


def _write_synced(folder: Path, number: int, message: Received) -> None:
    """Write one message and sync file and folder; never over one that an earlier receiver kept."""
    folder.mkdir(parents=True, exist_ok=True)
    trace = [f"Return-Path: <{message.reverse_path}>"]
    trace += [f"Delivered-To: {recipient}" for recipient in message.recipients]
    while (path := folder / f"{number:04}.eml").exists():
        number += 1
    with path.open("xb") as file:
        file.write("".join(f"{line}\r\n" for line in trace).encode() + message.content)
        file.flush()
        os.fsync(file.fileno())
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
