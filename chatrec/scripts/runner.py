"""Runs dialogue scripts: each dialogue is a talk of its own, one after the other or several at once."""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from chatrec.config import settings
from chatrec.dialogue.feedback import Rating
from chatrec.dialogue.values import Turn
from chatrec.errors import ChatrecError, ScriptError
from chatrec.scripts.checks import check
from chatrec.scripts.choosing import choice
from chatrec.scripts.format import Expectation, Script, Step, load
from chatrec.scripts.items import notes
from chatrec.scripts.moment import Failure, Moment
from chatrec.scripts.report import again, explain, headline, junit_xml, remarks, report_json, summary
from chatrec.scripts.results import DialogueResult, Report, TurnResult
from chatrec.scripts.talks import Engines, Partner, Talk

SUFFIXES = (".yaml", ".yml")

Tell = Callable[[str], None]


@dataclass
class Session:
    """A dialogue while it runs: whom it talks to, and the turns so far."""

    script: Script
    index: int
    talk: Talk
    turns: list[Turn] = field(default_factory=list)

    def run(self, number: int) -> TurnResult:
        """Run one turn of the dialogue (from 1) and judge it."""
        step = self.script.dialogues[self.index].turns[number - 1]
        try:
            found = self._press(*step.button) if step.button else self._say(step, number)
        except Exception as error:  # whatever breaks in the engine is what the script is to show
            found = TurnResult(step.say or f"[{step.button}]", error=_told(error))
        return replace(found, number=number, line=self._line(number))

    def _line(self, number: int, *place: str) -> int:
        return self.script.line("dialogues", self.index, "turns", number - 1, *place)

    def _say(self, step: Step, number: int) -> TurnResult:
        turn, expected = self.talk.say(step.say or ""), step.expect or Expectation()
        moment = Moment(turn, tuple(self.turns), self.talk.pack)
        self.turns.append(turn)
        failures = tuple(
            replace(failure, line=self._line(number, "expect", *failure.check.split(".")))
            for failure in check(expected, moment)
        )
        items = tuple((item.iri, moment.name(item)) for item in moment.items)
        return TurnResult(turn.user, turn, items, failures, tuple(notes(expected.items, moment)))

    def _press(self, rating: Rating, position: int) -> TurnResult:
        """Press the button of an item of the last list that was shown."""
        lists = [turn for turn in self.turns if turn.candidates]
        moment = Moment(lists[-1], (), self.talk.pack) if lists else None
        items = moment.items if moment else ()
        if moment is None or position > len(items):
            got = f"a list of {len(items)}" if items else "no list so far"
            failure = Failure(rating, f"a list with an item {position}", got)
            return TurnResult(f"[{rating} {position}]", failures=(failure,))
        item = items[position - 1]
        self.talk.press(item.iri, rating)
        return TurnResult(f"[{rating} {position}: {moment.name(item)}]")


def _told(error: Exception) -> str:
    """Write what broke: an error that is meant to be read as it is, any other with the place in the code."""
    if isinstance(error, ChatrecError):
        return str(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}, line {last.lineno}, in {last.name}\n{type(error).__name__}: {error}"


def run_dialogue(script: Script, index: int, partner: Partner) -> DialogueResult:
    """Run one dialogue of a script. Raises ScriptError for what the pack lacks."""
    script.check(partner.pack(script).schema)
    dialogue, started, talk = script.dialogues[index], time.perf_counter(), partner.talk(script)
    session, results = Session(script, index, talk), list[TurnResult]()
    try:
        for number in range(1, len(dialogue.turns) + 1):
            results.append(session.run(number))
            if results[-1].error:
                break
    finally:
        talk.close()
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
    parallel: int = 1,
    seed: int | None = None,
    partner: Partner | None = None,
    tell: Tell = print,
) -> Report:
    """Run all scripts under the paths and report: as text while they run, or as one line of JSON at the end.

    Args:
        paths: scripts, or folders of them.
        junit: a file to write a JUnit report to.
        as_json: print JSON instead of text.
        keyword: run only the dialogues that this chooses (see `choosing`) by the name of file and dialogue.
        parallel: how many dialogues run at once; they are reported in the order of the scripts.
        seed: of all that is drawn at random; the one of the settings when None.
        partner: whom the scripts talk to; the engines of this process when None.
        tell: prints a line.

    Raises ScriptError where a script cannot be read, or where no dialogue is left to run.
    """
    with _drawing(seed) as drawn:
        telling = (lambda line: None) if as_json else tell
        results = _run(_chosen(paths, keyword), partner or Engines(), parallel, drawn, telling)
        report = Report(tuple(results), drawn)
    tell(json.dumps(report_json(report), ensure_ascii=False) if as_json else summary(report))
    if junit is not None:
        junit.parent.mkdir(parents=True, exist_ok=True)
        junit.write_text(junit_xml(report), encoding="utf-8")
    return report


@contextmanager
def _drawing(seed: int | None) -> Iterator[int]:
    """Draw with a seed for as long as scripts run; yield it."""
    chosen, before = settings(), settings().seed
    chosen.seed = before if seed is None else seed
    try:
        yield chosen.seed
    finally:
        chosen.seed = before


def _run(
    chosen: Sequence[tuple[Script, int]], partner: Partner, parallel: int, seed: int, tell: Tell
) -> Iterator[DialogueResult]:
    """Run dialogues and tell of each, in order. No dialogue is run before all scripts are sound."""
    for script, _ in chosen:
        script.check(partner.pack(script).schema)
    with ThreadPoolExecutor(parallel) as workers:
        for result in workers.map(lambda job: run_dialogue(job[0], job[1], partner), chosen):
            for text in (headline(result), explain(result), remarks(result), again(result, seed)):
                if text:
                    tell(text)
            yield result


def _chosen(paths: Sequence[Path], keyword: str) -> list[tuple[Script, int]]:
    """Return the dialogues to run. Raises ScriptError where none is left."""
    wanted, scripts = choice(keyword), [load(path) for path in find_scripts(paths)]
    chosen = [
        (script, index)
        for script in scripts
        for index, dialogue in enumerate(script.dialogues)
        if wanted(f"{script.path.name} {dialogue.name}")
    ]
    if not chosen:
        raise ScriptError(f"-k {keyword!r} chooses no dialogue.", "Leave -k out to run all.")
    return chosen
