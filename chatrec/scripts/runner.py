"""Runs dialogue scripts: each dialogue in a session of its own, one after the other, on one engine a pack."""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from chatrec.config import settings
from chatrec.dialogue.feedback import Rating, rate
from chatrec.dialogue.values import Sentence, State, Turn
from chatrec.errors import ChatrecError, ScriptError
from chatrec.grounding.pack import Pack
from chatrec.scripts.checks import check
from chatrec.scripts.format import Expectation, Script, Step, load
from chatrec.scripts.items import notes
from chatrec.scripts.moment import Failure, Moment
from chatrec.scripts.report import explain, headline, junit_xml, remarks, report_json, summary
from chatrec.scripts.results import DialogueResult, Report, TurnResult

SUFFIXES = (".yaml", ".yml")


class Talker(Protocol):
    """What answers a message: `chatrec.turn.Engine`, or a scripted stand-in in a test."""

    @property
    def pack(self) -> Pack:
        """The pack it talks about."""

    def turn(self, message: str, state: State) -> Iterator[Sentence | Turn]:
        """Yield the reply piece by piece, then the whole turn."""


def open_engine(pack: str) -> Talker:
    """Open the engine of a pack, given by name or path."""
    from chatrec.generation.reply import open_replier  # both bring torch, which a stand-in does not need
    from chatrec.grounding.pack import open_pack
    from chatrec.turn import Engine

    opened = open_pack(pack)
    return Engine.build(opened, open_replier(opened), settings().list_size)


class Engines:
    """The engines of a run: each pack is opened once, when its first script needs it."""

    def __init__(self, opening: Callable[[str], Talker] | None = None) -> None:
        self._opening, self._opened = opening, dict[str, Talker]()

    def engine(self, script: Script) -> Talker:
        """Return the engine of a script's pack, which may lie in a folder beside the script."""
        beside = script.path.parent / script.pack
        name = (
            str(beside)
            if script.pack and (beside / "shapes.ttl").is_file()
            else script.pack or settings().pack
        )
        if name not in self._opened:
            self._opened[name] = (self._opening or open_engine)(name)
        return self._opened[name]


@dataclass
class Session:
    """A dialogue while it runs: the state it has come to and the turns so far."""

    engine: Talker
    state: State = field(default_factory=State)
    turns: list[Turn] = field(default_factory=list)

    def run(self, step: Step, number: int, line: int) -> TurnResult:
        """Run one turn of a script and judge it."""
        if step.button is not None:
            return self._press(*step.button, number, line)
        message = step.say or ""
        try:
            *_, turn = self.engine.turn(message, self.state)
        except Exception as error:  # whatever breaks in the engine is what the script is to show
            return TurnResult(number, line, message, error=_told(error))
        if not isinstance(turn, Turn):
            return TurnResult(number, line, message, error="the reply broke off: the engine gave no turn")
        return self._judge(turn, step.expect or Expectation(), number, line)

    def _judge(self, turn: Turn, expected: Expectation, number: int, line: int) -> TurnResult:
        moment = Moment(turn, tuple(self.turns), self.engine.pack)
        self.state = turn.state
        self.turns.append(turn)
        items = tuple((item.iri, moment.name(item)) for item in moment.items)
        failures, remarks_ = tuple(check(expected, moment)), tuple(notes(expected.items, moment))
        return TurnResult(number, line, turn.user, turn, items, failures, remarks_)

    def _press(self, rating: Rating, position: int, number: int, line: int) -> TurnResult:
        """Press the button of an item of the last list that was shown."""
        lists = [turn for turn in self.turns if turn.candidates]
        moment = Moment(lists[-1], (), self.engine.pack) if lists else None
        items = moment.items if moment else ()
        if moment is None or position > len(items):
            got = f"a list of {len(items)}" if items else "no list so far"
            failure = Failure(rating, f"a list with an item {position}", got)
            return TurnResult(number, line, f"[{rating} {position}]", failures=(failure,))
        item = items[position - 1]
        self.state = rate(self.state, item.iri, rating)
        return TurnResult(number, line, f"[{rating} {position}: {moment.name(item)}]")


def _told(error: Exception) -> str:
    """Write what broke: an error that is meant to be read as it is, any other with the place in the code."""
    if isinstance(error, ChatrecError):
        return str(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}, line {last.lineno}, in {last.name}\n{type(error).__name__}: {error}"


def run_dialogue(script: Script, index: int, engine: Talker) -> DialogueResult:
    """Run one dialogue of a script in a session of its own. Raises ScriptError for what the pack lacks."""
    script.check(engine.pack.schema)
    dialogue, started, session = script.dialogues[index], time.perf_counter(), Session(engine)
    results: list[TurnResult] = []
    for number, step in enumerate(dialogue.turns):
        results.append(session.run(step, number + 1, script.line("dialogues", index, "turns", number)))
        if results[-1].error:
            break
    line, seconds = script.line("dialogues", index), time.perf_counter() - started
    return DialogueResult(script.path, line, dialogue.name, tuple(results), seconds)


def find_scripts(paths: Sequence[Path]) -> list[Path]:
    """Return the scripts among paths and in folders. Raises ScriptError where there is none."""
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise ScriptError(
                f"There is no file or folder {path}.", "Give the path of a script or of a folder of them."
            )
        inside = sorted(p for p in path.rglob("*") if p.suffix in SUFFIXES) if path.is_dir() else [path]
        if not inside:
            raise ScriptError(
                f"The folder {path} holds no script.", f"A script's name ends with {' or '.join(SUFFIXES)}."
            )
        found += inside
    return list(dict.fromkeys(found))


def run_paths(
    paths: Sequence[Path],
    *,
    junit: Path | None = None,
    as_json: bool = False,
    keyword: str = "",
    engines: Engines | None = None,
    tell: Callable[[str], None] = print,
) -> Report:
    """Run all scripts under the paths and report: as text while they run, or as one line of JSON at the end.

    Args:
        paths: scripts, or folders of them.
        junit: a file to write a JUnit report to.
        as_json: print JSON instead of text.
        keyword: run only the dialogues whose name contains this, whatever the case.
        engines: the engines to run on; opened where needed when None.
        tell: prints a line.

    Raises ScriptError where a script cannot be read, or where no dialogue is left to run.
    """
    report = Report(
        tuple(_run(paths, keyword, engines or Engines(), (lambda line: None) if as_json else tell))
    )
    tell(json.dumps(report_json(report), ensure_ascii=False) if as_json else summary(report))
    if junit is not None:
        junit.parent.mkdir(parents=True, exist_ok=True)
        junit.write_text(junit_xml(report), encoding="utf-8")
    return report


def _run(
    paths: Sequence[Path], keyword: str, engines: Engines, tell: Callable[[str], None]
) -> Iterator[DialogueResult]:
    chosen = _chosen([load(path) for path in find_scripts(paths)], keyword)
    for script, _ in chosen:
        script.check(engines.engine(script).pack.schema)
    for script, index in chosen:
        result = run_dialogue(script, index, engines.engine(script))
        for text in (headline(result), "" if result.passed else explain(result), remarks(result)):
            if text:
                tell(text)
        yield result


def _chosen(scripts: Sequence[Script], keyword: str) -> list[tuple[Script, int]]:
    """Return the dialogues to run. Raises ScriptError where none is left."""
    wanted = keyword.casefold()
    chosen = [(s, i) for s in scripts for i, d in enumerate(s.dialogues) if wanted in d.name.casefold()]
    if not chosen:
        raise ScriptError(f"No dialogue's name contains {keyword!r}.", "Leave -k out to run all.")
    return chosen
