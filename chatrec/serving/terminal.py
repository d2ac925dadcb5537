"""Chatting in a terminal, and running given messages without one."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from rich.console import Console
from rich.text import Text

from chatrec.dialogue.values import Language, Sentence, Turn
from chatrec.errors import InputError
from chatrec.generation.reply import join
from chatrec.scripts.recording import record
from chatrec.serving.memory import Session
from chatrec.serving.payload import name, turn_json, why
from chatrec.serving.session import Service

Keep = Callable[[Turn], None]
"""Takes each turn once it is told."""


def run_messages(service: Service, messages: Iterable[str], as_json: bool, keep: Keep | None = None) -> None:
    """Answer messages of one session, one after the other."""
    session, console = service.session(), _console()
    for message in messages:
        if not as_json:
            console.print(Text(f"> {message}", "bold"))
        _answer(service, session, message, None if as_json else console, keep)


def converse(service: Service, as_json: bool, keep: Keep | None = None) -> None:
    """Talk with the person at the terminal until they leave (Ctrl-C or Ctrl-D)."""
    session, console = service.session(), _console()
    console.print(Text("Say what you would like to watch. Ctrl-D leaves.", "dim"))
    while True:
        try:
            message = console.input("[bold]> [/bold]")
            _answer(service, session, message, None if as_json else console, keep)
        except (EOFError, KeyboardInterrupt):
            console.print()
            return


def recorder(file: Path, pack: str) -> Keep:
    """Return what writes the turns so far as a dialogue script, anew with each turn. Raises InputError."""
    turns: list[Turn] = []
    if not file.parent.is_dir():
        raise InputError(f"There is no folder {file.parent}.", "Give --record a file in one that exists.")
    beside = Path(pack).resolve() if (Path(pack) / "shapes.ttl").is_file() else None
    name = os.path.relpath(beside, file.resolve().parent) if beside else pack

    def keep(turn: Turn) -> None:
        turns.append(turn)
        file.write_text(record(turns, name), encoding="utf-8")

    return keep


def _answer(
    service: Service, session: Session, message: str, console: Console | None, keep: Keep | None
) -> None:
    """Answer a message on the console, or as JSON where there is none."""
    if console is None:
        _print_json(service, session, message)
    else:
        _stream(service, session, message, console)
    if keep is not None:
        keep(session.turns[-1])


def _console() -> Console:
    return Console(highlight=False, markup=True, emoji=False, soft_wrap=True)


def _print_json(service: Service, session: Session, message: str) -> None:
    turn = service.answer(session.id, message)
    sys.stdout.write(json.dumps(turn_json(turn, session.id, service.pack), ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _stream(service: Service, session: Session, message: str, console: Console) -> None:
    """Print the reply as its pieces arrive, then the list."""
    sentences: list[Sentence] = []
    printed = ""
    for piece in service.say(session.id, message):
        if isinstance(piece, Turn):
            console.print(Text(piece.reply[len(printed) :]))
            _print_items(service, piece, console)
            return
        if isinstance(piece, Sentence):
            sentences.append(piece)
            reply, _ = join(sentences)
            console.print(Text(reply[len(printed) :]), end="")
            printed = reply


def _print_items(service: Service, turn: Turn, console: Console) -> None:
    language: Language = turn.language
    for number, candidate in enumerate(turn.candidates, 1):
        reasons = "; ".join(why(candidate, language, service.pack))
        line = Text.assemble((f"  {number}. ", "dim"), (name(candidate.item, language, service.pack), "bold"))
        console.print(line + Text(f"  {reasons}", "dim"))
