"""Racers who answer the same client at once, on both databases: exactly one may."""

import subprocess
import sys
import threading
from pathlib import Path

from boundary_plugins.store.records import Sender
from boundary_plugins.store.repository import Store
from store.building import AB, AB_AT_WORK, NOW, contact, intent, message

RACERS = 8


def answer_unless_answered(store: Store, racer: str, sender: Sender) -> bool:
    """What the inbox does: look at the history, and intend a response where there was none."""
    with store.transaction(NOW, sender.lock) as tx:
        answered = tx.history("main", sender, NOW).responses
        made = None if answered else intent(f"r{racer}")
        tx.record_decision(message(f"m{racer}"), sender, contact(), made)
    return not answered


def test_eight_threads_answer_one_client_with_two_addresses_once(store: Store) -> None:
    together = threading.Barrier(RACERS)
    answered: list[bool] = []

    def race(racer: int) -> None:
        together.wait()
        answered.append(answer_unless_answered(store, str(racer), (AB, AB_AT_WORK)[racer % 2]))

    threads = [threading.Thread(target=race, args=(racer,)) for racer in range(RACERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [False] * (RACERS - 1) + [True] == sorted(answered)
    assert 1 == len(store.intents())
    assert RACERS == len(store.messages())


def test_eight_threads_attempt_one_response_once(store: Store) -> None:
    with store.transaction(NOW) as tx:
        tx.arm(NOW)
        made = tx.record_decision(message(), AB, None, intent(not_before=NOW)).intent_id
    assert made is not None
    intent_id, together, begun = made, threading.Barrier(RACERS), []

    def race() -> None:
        together.wait()
        begun.append(store.begin_attempt(intent_id, NOW))

    threads = [threading.Thread(target=race) for _ in range(RACERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [False] * (RACERS - 1) + [True] == sorted(begun)
    assert [1] == [found.attempts for found in store.open_attempts("main")]


_RACER = """
import sys
from pathlib import Path
sys.path[:0] = {path!r}
from store.building import KEYS, AB, AB_AT_WORK
from store.test_race import answer_unless_answered
from boundary_plugins.store.repository import open_store
store = open_store("", state_directory=Path({state!r}), keys=KEYS)
print("ready", flush=True)
sys.stdin.readline()
name = sys.argv[1]
for number in range(25):
    answer_unless_answered(store, f"{{name}}-{{number}}", AB if name == "a" else AB_AT_WORK)
store.close()
"""


def test_two_processes_answer_one_client_once_on_sqlite(sqlite_store: Store, tmp_path: Path) -> None:
    code = _RACER.format(path=[str(Path(__file__).parents[1])], state=str(tmp_path / "state"))
    command = [sys.executable, "-c", code]
    pipe = subprocess.PIPE
    racers = [subprocess.Popen([*command, name], stdin=pipe, stdout=pipe, text=True) for name in "ab"]
    for racer in racers:
        assert racer.stdout is not None
        assert "ready\n" == racer.stdout.readline()

    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    for racer in racers:
        racer.communicate(timeout=60)

    assert [0, 0] == [racer.returncode for racer in racers]
    assert 50 == len(sqlite_store.messages())
    assert 1 == len(sqlite_store.intents())
