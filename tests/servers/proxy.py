"""A proxy of one TCP port on this machine that can stall, drop, and count what went through."""

import contextlib
import socket
import threading
from types import TracebackType


class Proxy:
    """Passes bytes on to a port of 127.0.0.1; used as a context manager.

    `stall` holds back everything in both directions, as a line that is dead without a word; `drop` breaks
    off every connection. `cut_after` breaks each connection off after so many bytes from the server.
    `rewrite` replaces one text of the server by another, as another server would say it; `together` holds
    back what the server says from one text on until another has come, so that both arrive at once.
    """

    def __init__(self, port: int) -> None:
        """Listen at once; `port` is the one to pass on to."""
        self._target = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.from_server = 0
        self.connections = 0
        self.cut_after: int | None = None
        self.rewrite: tuple[bytes, bytes] | None = None
        self.together: tuple[bytes, bytes] | None = None
        self._flows = threading.Event()
        self._flows.set()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, name="proxy", daemon=True).start()

    def __enter__(self) -> "Proxy":
        """It listens already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Close everything."""
        # A thread that accepts is woken by a shutdown and not by a close.
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.flow()
        self.drop()

    def stall(self) -> None:
        """Let nothing pass from now on; connections stay."""
        self._flows.clear()

    def flow(self) -> None:
        """Let everything pass again."""
        self._flows.set()

    def drop(self) -> None:
        """Break off every connection."""
        with self._lock:
            sockets, self._open = self._open, set()
        for each in sockets:
            _close(each)

    def _accept(self) -> None:
        """Take connection after connection, until the listening socket is closed."""
        with contextlib.suppress(OSError):
            while True:
                client = self._listening.accept()[0]
                try:
                    server = socket.create_connection(("127.0.0.1", self._target), timeout=5)
                except OSError:
                    client.close()
                    continue
                server.settimeout(None)
                self.connections += 1
                self._serve(client, server)

    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        """Pass on in both directions, each in a thread."""
        with self._lock:
            self._open |= {client, server}
        for source, target in ((client, server), (server, client)):
            counts = source is server
            threading.Thread(target=self._pass_on, args=(source, target, counts), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, counts: bool) -> None:
        """Pass on until one end is closed."""
        left = self.cut_after if counts else None
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._flows.wait()
                if counts:
                    data = self._from_server(source, data)
                target.sendall(data if left is None else data[:left])
                if left is not None and (left := left - len(data)) <= 0:
                    break
        _close(source)
        _close(target)

    def _from_server(self, source: socket.socket, data: bytes) -> bytes:
        """Count what the server says, and change it as it is switched."""
        if self.together is not None and self.together[0] in data:
            while self.together[1] not in data and (more := source.recv(65536)):
                data += more
        self.from_server += len(data)
        return data.replace(*self.rewrite) if self.rewrite is not None else data


def _close(sock: socket.socket) -> None:
    """Shut a socket down and close it, whoever else did already."""
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    sock.close()
