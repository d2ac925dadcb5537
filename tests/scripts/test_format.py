"""Reading scripts: what is accepted, and what a bad script is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chatrec.errors import ScriptError
from chatrec.grounding.pack import Pack
from chatrec.scripts.fields import Compared
from chatrec.scripts.format import load

Write = Callable[..., Path]

CONTRACT = """\
pack: movies
dialogues:
  - name: a like moves the next list
    turns:
      - say: I loved Interstellar. Something like it, but newer?
        expect:
          language: en
          intent: recommend
          understood: [{like: Interstellar}, {slot: year, op: ">", value: 2014}]
          items: {min: 1, max: 5, all: {genre: science fiction}, none: {title: Interstellar}}
          facts_only: true
          reply: {contains: [Interstellar], lacks: [Inception], max_chars: 600}
          within_ms: 5000
      - like: 1
      - say: 换成中文，再推荐一部
        expect: {language: zh, items: {min: 1, not_repeated: true}}
"""


def talk(expect: str = "{}", turn: str = "") -> str:
    """Write a script of one turn."""
    return f"dialogues:\n  - name: talk\n    turns:\n      - {turn or 'say: hi'}\n        expect: {expect}\n"


def test_the_script_of_the_contract_is_read(write: Write) -> None:
    script = load(write(CONTRACT))
    first, button, last = script.dialogues[0].turns
    assert script.pack == "movies"
    assert first.expect is not None and last.expect is not None
    assert first.expect.language == ("en",)
    assert first.expect.intent == ("recommend",)
    assert [str(wish) for wish in first.expect.understood] == [
        "like: Interstellar",
        "slot: year, op: >, value: 2014",
    ]
    assert first.expect.items.all == {"genre": (Compared(value="science fiction"),)}
    assert (first.expect.items.min, first.expect.items.max, first.expect.within_ms) == (1, 5, 5000)
    assert first.expect.reply.contains == ("Interstellar",)
    assert button.button == ("like", 1)
    assert last.expect.items.not_repeated
    assert script.line("dialogues", 0, "turns", 2) == 15


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("12:30", "12:30"),
        ("300", "300"),
        ("2014-01-01", "2014-01-01"),
        ("=", "="),
    ],
)
def test_what_is_said_is_text(write: Write, written: str, meant: str) -> None:
    assert load(write(talk(turn=f"say: {written}"))).dialogues[0].turns[0].say == meant


@pytest.mark.parametrize(
    ("expect", "meant"),
    [
        ("{items: {all: {year: 2014}}}", (Compared(value=2014),)),
        ("{items: {all: {year: {op: '>=', value: 1980}}}}", (Compared(value=1980, op=">="),)),
        (
            "{items: {all: {year: [{op: =, value: 1980}, 1981]}}}",
            (Compared(value=1980), Compared(value=1981)),
        ),
    ],
)
def test_forms_of_a_pair(write: Write, expect: str, meant: tuple[Compared, ...]) -> None:
    found = load(write(talk(expect))).dialogues[0].turns[0].expect
    assert found is not None and found.items.all == {"year": meant}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            talk("{itmes: {min: 1}}"),
            ["line 5", "expect", "'itmes'", "Did you mean 'items'?", "Known here: language"],
        ),
        (talk("{items: {mim: 1}}"), ["items", "'mim'", "'min'", "max, all, any, none, not_repeated"]),
        (talk("{items: {all: {year: {ops: '>', value: 1}}}}"), ["year", "'ops'", "Known here: value, op"]),
        (talk("{reply: {contain: x}}"), ["'contain'", "Did you mean 'contains'?", "max_chars"]),
        (
            talk("{understood: [{likes: X}]}"),
            ["understood[0]", "'likes'", "Did you mean 'like'?", "polarity"],
        ),
        (talk("{understood: [{like: X, slot: genre}]}"), ["stands alone"]),
        (talk("{understood: [{like: X, dislike: Y}]}"), ["stands alone"]),
        (talk("{understood: [{polarity: like}]}"), ["needs like, dislike, slot"]),
        (talk("{intent: recomend}"), ["'recommend'", "'chitchat'", "found 'recomend'"]),
        (talk("{items: {min: -1}}"), ["greater than or equal to 0"]),
        (talk("{items: {min: one}}"), ["items.min", "found 'one'"]),
        (talk("{facts_only: yes}"), ["facts_only", "found 'yes'"]),
        (talk("{items: {none: {title: {value: [a]}}}}"), ["a label or a whole number"]),
        (talk("{}", turn="like: 1"), ["write `expect` with the next `say`"]),
        (talk("{}", turn="shout: hi"), ["'shout'", "say, like, dislike, seen, expect"]),
        (talk(turn="say: hi\n        like: 1"), ["one of say, like, dislike, seen"]),
        (talk(turn="like: 0"), ["greater than or equal to 1"]),
        ("dialogues:\n  - name: x\n    turns: []\n", ["line 3", "at least one entry"]),
        ("dialogues:\n  - turns: [{say: hi}]\n", ["the key 'name' is missing"]),
        ("dialogs: []\n", ["'dialogs'", "Did you mean 'dialogues'?", "the key 'dialogues' is missing"]),
        ("- say: hi\n", ["keys with values are wanted here"]),
        ("", ["the key 'dialogues' is missing"]),
        ("a: 1\na: 2\n", ["line 2", "the key 'a' stands here twice"]),
        ("a: [{op: >, value: 2}]\n", ["line 1", "no valid YAML", "Quote operators"]),
        ("a: [\n", ["no valid YAML"]),
    ],
)
def test_a_bad_script_is_told_file_line_and_what_is_known(write: Write, text: str, told: list[str]) -> None:
    with pytest.raises(ScriptError) as raised:
        load(path := write(text))
    message = str(raised.value)
    assert str(path) in message
    assert [words for words in told if words not in message] == []


def test_all_faults_are_told_in_the_order_of_the_lines(write: Write) -> None:
    with pytest.raises(ScriptError) as raised:
        load(write(CONTRACT.replace("max_chars", "max_char").replace("not_repeated", "no_repeat")))
    lines = [line.split(",")[0].strip() for line in str(raised.value).splitlines()[1:-1]]
    assert lines == ["line 12", "line 16"]


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ("{language: fr}", ["unknown language 'fr'", "en, zh"]),
        ("{understood: [{slot: derector, value: X}]}", ["'derector'", "Did you mean 'director'?"]),
        (
            "{items: {all: {genr: crime}}}",
            ["line 5", "'genr'", "Did you mean 'genre'?", "title, genre, mood"],
        ),
        ("{items: {none: {year: soon}}}", ["year is a number; found 'soon'"]),
        ("{items: {any: {genre: {op: '>', value: crime}}}}", ["genre is no number"]),
    ],
)
def test_what_the_pack_does_not_know_is_told(write: Write, pack: Pack, expect: str, told: list[str]) -> None:
    script = load(write(talk(expect)))
    with pytest.raises(ScriptError) as raised:
        script.check(pack.schema)
    assert [words for words in told if words not in str(raised.value)] == []


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match="cannot be read"):
        load(tmp_path / "none.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ScriptError, match="not UTF-8"):
        load(tmp_path / "binary.yaml")
