"""Chatting in a terminal, and running given messages without one."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from chatrec.dialogue.values import Language, Sentence, Turn
from chatrec.generation.reply import join
from chatrec.serving.memory import Session
from chatrec.serving.payload import name, turn_json, why
from chatrec.serving.session import Service


def run_messages(service: Service, messages: Iterable[str], as_json: bool) -> None:
    """Answer messages of one session, one after the other."""
    session, console = service.session(), _console()
    for message in messages:
        if as_json:
            _print_json(service, session, message)
        else:
            console.print(Text(f"> {message}", "bold"))
            _stream(service, session, message, console)


def converse(service: Service, as_json: bool) -> None:
    """Talk with the person at the terminal until they leave (Ctrl-C or Ctrl-D)."""
    session, console = service.session(), _console()
    console.print(Text("Say what you would like to watch. Ctrl-D leaves.", "dim"))
    while True:
        try:
            message = console.input("[bold]> [/bold]")
            if as_json:
                _print_json(service, session, message)
            else:
                _stream(service, session, message, console)
        except (EOFError, KeyboardInterrupt):
            console.print()
            return


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
