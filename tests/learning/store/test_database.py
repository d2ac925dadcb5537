"""Which databases are taken, how SQLite is set up, and that what is erased is nowhere in its files."""

from __future__ import annotations

import random
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from chatrec.dialogue.values import State, Turn
from chatrec.errors import StoreError
from chatrec.learning.store.database import default_url, open_engine
from chatrec.learning.store.records import Key, Selection
from chatrec.learning.store.store import Store


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("/var/lib/chatrec.db", "is no address of a database"),
        ("mysql://localhost/chatrec", "can be used"),
        ("sqlite://", "can be used"),
        ("sqlite:///:memory:", "can be used"),
        ("sqlite:////proc/nowhere/chatrec.db", "cannot be written"),
        ("postgresql://me:secret@127.0.0.1:1/chatrec", "cannot be used"),
    ],
)
def test_an_unusable_database_is_named_and_no_password(url: str, said: str) -> None:
    with pytest.raises(StoreError, match=said) as raised:
        open_engine(url)
    assert "CHATREC_DATABASE" in raised.value.hint
    assert "secret" not in str(raised.value)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "chatrec.db"
    file.write_text("This is a letter to a friend. " * 100)
    with pytest.raises(StoreError, match="not a database"):
        open_engine(f"sqlite:///{file}")


def test_the_default_is_a_file_in_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    open_engine("").dispose()
    file = Path(str(default_url().database))
    assert file == tmp_path / "chatrec" / "chatrec.db"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_sqlite_loses_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'chatrec.db'}")
    with engine.connect() as db:
        found = {
            name: db.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")
        }
        assert found == {"journal_mode": "wal", "synchronous": 2}
        assert db.execute(text("PRAGMA secure_delete")).scalar() == 1
    engine.dispose()


def said(session: str, number: int, text: str) -> Turn:
    return Turn(number, text, "en", "chitchat", (), State("en", turn=number), text, (), (), "", {})


def test_what_is_erased_is_in_no_byte_of_the_files(tmp_path: Path, opened: Callable[[str], Store]) -> None:
    """Many sessions of all lengths, mixed, so that pages are split and joined; then every second one is erased."""
    store, draw = opened(f"sqlite:///{tmp_path / 'chatrec.db'}"), random.Random(1)
    ids = [f"session-{draw.getrandbits(60):015x}" for _ in range(60)]
    for number in range(1, 6):
        for session in draw.sample(ids, len(ids)):
            words = f"secret of {session}; " * draw.choice([1, 3, 20, 300])
            store.say(Key(session, "films"), State(), said(session, number, words), first=number == 1)
    assert all(session.encode() in _bytes(tmp_path) for session in ids)
    for session in ids[::2]:
        store.erase(Selection(session=session))
    left = _bytes(tmp_path)
    assert not [session for session in ids[::2] if session.encode() in left]
    assert all(session.encode() in left for session in ids[1::2])
    store.erase(Selection())
    assert b"secret of" not in _bytes(tmp_path)


def test_many_threads_write_at_once(tmp_path: Path, opened: Callable[[str], Store]) -> None:
    store = opened(f"sqlite:///{tmp_path / 'chatrec.db'}")

    def talk(session: str) -> None:
        for number in range(1, 6):
            store.say(Key(session, "films"), State(), said(session, number, session), first=number == 1)

    threads = [threading.Thread(target=talk, args=(f"s{number}",)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(len(kept.turns) for kept in store.sessions(Selection())) == [5] * 16


def _bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
