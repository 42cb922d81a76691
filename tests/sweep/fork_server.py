"""Starts the program again and again without importing it each time: one process forks, the copies run it.

Run as `python -m sweep.fork_server FD`. On the Unix socket FD it takes a request, a JSON list of the
program's name and its arguments, with two descriptors: where standard error goes, and a pipe on which the
copy waits for one byte before it begins. It answers with the copy's process id, and with its exit code
(or minus the signal's number) once it is gone. A copy is forked before there is any thread or connection.
"""

import ctypes
import json
import os
import socket
import sys
from importlib import import_module

_MODULES = (
    "alembic.command",
    "boundary_files.mailbox",
    "boundary_files.settings",
    "boundary_imap.mailbox",
    "boundary_ledger.biller",
    "boundary_ledger.settings",
    "boundary_plugins.cli",
    "boundary_plugins.cli.charge",
    "boundary_plugins.daemon.assembly",
    "boundary_plugins.daemon.dry_run",
    "boundary_plugins.daemon.loop",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "sweep.imap_sender",
    "sweep.wrong_designs",
)
#: Lets any process of this user trace this one where Yama restricts it (prctl(2), PR_SET_PTRACER_ANY).
_PR_SET_PTRACER = 0x59616D61


def serve(server: socket.socket) -> list[str] | None:
    """Serve until the other end closes; in a copy, return what it has to run."""
    while True:
        request, descriptors, _, _ = socket.recv_fds(server, 1 << 16, 2)
        if not request:
            return None
        process = os.fork()
        if process == 0:
            server.close()
            _make_ready(*descriptors)
            return [str(word) for word in json.loads(request)]
        for descriptor in descriptors:
            os.close(descriptor)
        server.sendall(f"{process}\n".encode())
        _, status = os.waitpid(process, 0)
        server.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _make_ready(errors: int, go: int) -> None:
    """Become the copy: standard error of its own, traceable, waiting for its start."""
    os.dup2(errors, 2)
    os.close(errors)
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, ctypes.c_ulong(-1 & (1 << 64) - 1), 0, 0, 0)
    os.read(go, 1)
    os.close(go)


def run(program: str, arguments: list[str]) -> None:
    """Run `boundary` as its own command does, or one of the tiny programs."""
    sys.argv = [program, *arguments]
    if program == "boundary":
        import_module("boundary_plugins.cli").main()
    else:
        name = "imap_sender" if program.startswith("imap") else "wrong_designs"
        import_module(f"sweep.{name}").main()


if __name__ == "__main__":
    for module in _MODULES:
        import_module(module)
    words = serve(socket.socket(fileno=int(sys.argv[1])))
    if words is not None:
        run(words[0], words[1:])
