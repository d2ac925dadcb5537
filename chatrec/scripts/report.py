"""Results as text for a person, as JSON and as JUnit XML."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from chatrec.dialogue.values import Turn
from chatrec.scripts.choosing import phrase
from chatrec.scripts.moment import acts_text, wishes_text
from chatrec.scripts.results import DialogueResult, Report, TurnResult


def printable(text: str) -> str:
    """Write control characters and the like as escapes: no terminal obeys those, no XML breaks on them."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def headline(dialogue: DialogueResult) -> str:
    """Say in one line how a dialogue went."""
    outcome = "ok    " if dialogue.passed else "ERROR " if dialogue.error else "FAILED"
    size = f"{len(dialogue.turns)} turns, {dialogue.seconds:.1f} s"
    return f"{outcome} {dialogue.path}:{dialogue.line}  {printable(dialogue.name)} ({size})"


def summary(report: Report) -> str:
    """Say in one line how a run went."""
    found = counts(report)
    turns = f"{found['turns']} turns in {report.seconds:.1f} s"
    return f"{found['dialogues']} dialogues: {found['passed']} passed, {found['failed']} failed ({turns})"


def explain(dialogue: DialogueResult) -> str:
    """Tell why a dialogue failed: the transcript up to the last turn that failed, and what each lacked."""
    last = max((index for index, turn in enumerate(dialogue.turns) if not turn.passed), default=-1)
    return "\n".join(line for turn in dialogue.turns[: last + 1] for line in _turn_lines(turn))


def again(dialogue: DialogueResult, seed: int) -> str:
    """Say how to run a dialogue that failed again, with the same seed."""
    if dialogue.passed:
        return ""
    words = ("chatrec", "test", str(dialogue.path), "-k", phrase(dialogue.name), "--seed", str(seed))
    return f"    again: {printable(shlex.join(words))}"


def remarks(dialogue: DialogueResult) -> str:
    """List the notes of a dialogue, one a line."""
    return "\n".join(
        f"    note, line {turn.line}: {printable(n)}" for turn in dialogue.turns for n in turn.notes
    )


def _turn_lines(result: TurnResult) -> Iterator[str]:
    yield f"    turn {result.number} (line {result.line})"
    yield f"      user: {printable(result.user)}"
    if result.turn is not None:
        yield f"      bot:  {printable(result.turn.reply)}"
        yield from (f"            {printable(line)}" for line in _details(result, result.turn))
    for failure in result.failures:
        yield f"      × {failure.check}" + (f" (line {failure.line})" if failure.line else "")
        yield f"        expected: {printable(failure.expected)}"
        yield f"        got:      {printable(failure.got)}"
    yield from (f"      ! {printable(line)}" for line in result.error.splitlines())


def _details(result: TurnResult, turn: Turn) -> Iterator[str]:
    yield f"{turn.intent}, {turn.language}; understood: {acts_text(turn.acts)}"
    if turn.state.constraints:
        yield f"wishes in force: {wishes_text(turn.state.constraints)}"
    if result.items:
        yield f"items: {' · '.join(f'{number} {name}' for number, (_, name) in enumerate(result.items, 1))}"


def counts(report: Report) -> dict[str, int]:
    """Count dialogues and turns."""
    dialogues = report.dialogues
    passed = sum(dialogue.passed for dialogue in dialogues)
    turns = sum(len(dialogue.turns) for dialogue in dialogues)
    return {"dialogues": len(dialogues), "passed": passed, "failed": len(dialogues) - passed, "turns": turns}


def report_json(report: Report) -> dict[str, Any]:
    """Return a run as JSON: the outcome, counts, and every turn with what it lacked."""
    return {
        "passed": report.passed,
        "seed": report.seed,
        "counts": counts(report),
        "seconds": round(report.seconds, 3),
        "dialogues": [_dialogue_json(dialogue) for dialogue in report.dialogues],
    }


def _dialogue_json(dialogue: DialogueResult) -> dict[str, Any]:
    return {
        "file": str(dialogue.path),
        "line": dialogue.line,
        "name": dialogue.name,
        "passed": dialogue.passed,
        "seconds": round(dialogue.seconds, 3),
        "turns": [_turn_json(turn) for turn in dialogue.turns],
    }


def _turn_json(result: TurnResult) -> dict[str, Any]:
    turn = result.turn
    return {
        "turn": result.number,
        "line": result.line,
        "user": result.user,
        "reply": turn.reply if turn else None,
        "language": turn.language if turn else None,
        "intent": turn.intent if turn else None,
        "acts": acts_text(turn.acts) if turn else None,
        "constraints": wishes_text(turn.state.constraints) if turn else None,
        "items": [{"iri": iri, "label": name} for iri, name in result.items],
        "ms": turn.timings_ms.get("total") if turn else None,
        "passed": result.passed,
        "failures": [asdict(failure) for failure in result.failures],
        "notes": list(result.notes),
        "error": result.error or None,
    }


def junit_xml(report: Report) -> str:
    """Return a run as JUnit XML: a suite a file, a case a dialogue."""
    root = ET.Element("testsuites", name="chatrec", time=f"{report.seconds:.3f}")
    files: dict[Path, list[DialogueResult]] = defaultdict(list)
    for dialogue in report.dialogues:
        files[dialogue.path].append(dialogue)
    for path, dialogues in files.items():
        root.append(_suite(path, dialogues))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(path: Path, dialogues: list[DialogueResult]) -> ET.Element:
    broken = sum(bool(dialogue.error) for dialogue in dialogues)
    failed = sum(not dialogue.passed for dialogue in dialogues) - broken
    seconds = f"{sum(dialogue.seconds for dialogue in dialogues):.3f}"
    suite = ET.Element("testsuite", name=str(path), tests=str(len(dialogues)), time=seconds)
    suite.attrib |= {"failures": str(failed), "errors": str(broken), "skipped": "0"}
    suite.extend(_case(dialogue) for dialogue in dialogues)
    return suite


def _case(dialogue: DialogueResult) -> ET.Element:
    name, seconds = printable(dialogue.name), f"{dialogue.seconds:.3f}"
    case = ET.Element("testcase", classname=dialogue.path.stem, name=name, time=seconds)
    case.attrib |= {"file": str(dialogue.path), "line": str(dialogue.line)}
    if not dialogue.passed:
        fault = ET.SubElement(case, "error" if dialogue.error else "failure", message=first_fault(dialogue))
        fault.text = f"\n{explain(dialogue)}\n"
    return case


def first_fault(dialogue: DialogueResult) -> str:
    """Say in one line what failed first."""
    turn = next(turn for turn in dialogue.turns if not turn.passed)
    if turn.error:
        return printable(f"turn {turn.number}: {turn.error.splitlines()[-1]}")
    failure = turn.failures[0]
    return printable(f"turn {turn.number}, {failure.check}: expected {failure.expected}; got {failure.got}")
