"""The commands over what is stored: to see it, to take it along, to erase it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chatrec.config import settings
from chatrec.errors import InputError, StoreError

if TYPE_CHECKING:
    from chatrec.learning.store.records import Event, Kept, Selection
    from chatrec.learning.store.store import Store

feedback = typer.Typer(no_args_is_help=True, help="See, export or erase stored conversations and ratings.")

SessionId = Annotated[str | None, typer.Option("--session", help="Only this session.")]
UserId = Annotated[str | None, typer.Option("--user", help="Only the sessions of this user.")]
Everything = Annotated[bool, typer.Option("--all", help="All sessions.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]


@feedback.command("list")
def list_ratings(
    session: SessionId = None, user: UserId = None, everything: Everything = False, as_json: AsJson = False
) -> None:
    """List the ratings, oldest first: when, session, rating, item."""
    with _store() as store:
        for event in store.events(_selection(session, user, everything)):
            line = _event(event)
            typer.echo(
                json.dumps(line)
                if as_json
                else "  ".join(line[key] for key in ("at", "session", "rating", "item"))
            )


@feedback.command("export")
def export(
    session: SessionId = None, user: UserId = None, everything: Everything = False, as_json: AsJson = False
) -> None:
    """Print all that is stored of sessions, as JSON: what was said, answered, wished for and rated."""
    with _store() as store:
        for kept in store.sessions(_selection(session, user, everything)):
            typer.echo(json.dumps(_session(kept, store), ensure_ascii=False, indent=None if as_json else 2))


@feedback.command("forget")
def forget(
    session: SessionId = None, user: UserId = None, everything: Everything = False, as_json: AsJson = False
) -> None:
    """Erase sessions for good, with all that was said and rated in them. A running server forgets them too."""
    with _store() as store:
        erased = store.erase(_selection(session, user, everything))
    typer.echo(json.dumps({"sessions": erased}) if as_json else f"Sessions erased: {erased}.")


@contextmanager
def _store() -> Iterator[Store]:
    from chatrec.learning.store.store import open_store

    store = open_store(settings().database)
    if store is None:
        raise StoreError("Nothing is stored: CHATREC_DATABASE is `none`.", "Set it to the server's database.")
    yield store
    store.close()


def _selection(session: str | None, user: str | None, everything: bool) -> Selection:
    from chatrec.learning.store.records import Selection

    if (session is not None) + (user is not None) + everything != 1:
        raise InputError(
            "It is not clear which sessions are meant.", "Give one of --session ID, --user ID, --all."
        )
    return Selection(session, user)


def _event(event: Event) -> dict[str, Any]:
    key = {"session": event.key.session, "user": event.key.user, "pack": event.key.pack}
    rated = {"item": event.item, "rating": event.rating, "at": _when(event.at)}
    return {**key, **rated, "shown": list(event.shown)}


def _session(kept: Kept, store: Store) -> dict[str, Any]:
    from chatrec.learning.store.codec import plain_state, plain_turn
    from chatrec.learning.store.records import Selection

    events = store.events(Selection(session=kept.key.session))
    key = {"session": kept.key.session, "user": kept.key.user, "pack": kept.key.pack}
    return {
        **key,
        "since": _when(kept.since),
        "used": _when(kept.used),
        "state": plain_state(kept.state),
        "turns": [plain_turn(turn) for turn in kept.turns],
        "ratings": [_event(event) for event in events],
    }


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
