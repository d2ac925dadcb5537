"""What needs urgent help is answered first, from the shapes; what only speaks of it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatrec.dialogue.understanding import Understanding
from chatrec.dialogue.urgent import find_urgent
from chatrec.grounding.pack import Pack, open_pack

DATA = Path(__file__).parent.parent / "data"


def lines(name: str) -> list[str]:
    """Return the messages of a data file."""
    text = (DATA / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def health() -> Pack:
    """The health pack as it ships."""
    return open_pack("health")


@pytest.mark.parametrize("message", lines("urgent.txt"))
def test_urgent_messages_are_caught(health: Pack, message: str) -> None:
    assert find_urgent(message, health.schema) is not None


@pytest.mark.parametrize("message", lines("harmless.txt"))
def test_harmless_messages_raise_no_alarm(health: Pack, message: str) -> None:
    assert find_urgent(message, health.schema) is None


@pytest.mark.parametrize(
    "said",
    [
        "I took an exam",
        "We watched a film",
        "I read a novel about love",
        "I wrote an essay",
        "考完试",
        "看完电影",
    ],
)
@pytest.mark.parametrize("alarm", ["now my chest hurts", "I can't breathe", "现在胸口好痛"])
def test_a_word_that_stands_elsewhere_silences_nothing(health: Pack, said: str, alarm: str) -> None:
    assert find_urgent(f"{said} and {alarm}", health.schema) is not None
    assert find_urgent(f"{said}, {alarm}", health.schema) is not None


def test_a_number_of_pills_is_two_digits(health: Pack) -> None:
    assert find_urgent("she took 24 pills", health.schema) is not None
    assert find_urgent("she took 2 pills", health.schema) is None


def test_other_packs_have_no_urgent_rules(wines: Pack) -> None:
    assert find_urgent("I have chest pain", wines.schema) is None
    assert Understanding(wines.schema, wines.entries, wines.items).schema.private is False
