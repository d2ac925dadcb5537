"""CSV, TSV and JSON Lines: what is read, how columns are understood, and what is said of the rest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chatrec.errors import ChatrecError, InputError
from chatrec.grounding.importing.text import key, lexical, number, slug, year
from tests.grounding.importing.conftest import Import

FILMS = """title,片名,Genres,Year,Director,Runtime,Plot
Arrival,降临,Drama|Sci-Fi,2016,Denis Villeneuve,116 min,"Linguists meet visitors, and time is not what it seems to be at all."
Sicario,边境杀手,Crime|Drama,2015,Denis Villeneuve,2h 1m,"An agent is drawn into the war on drugs along a border without law."
Late,迟到,Drama,20010,Nobody Known,90,"A film from a year that will not come for a long, long time yet to be."
Heat,盗火线,Crime,1995,Michael Mann,170 min,"A thief and a detective, each the best at what he does, meet in one town."
"""


def test_a_new_pack_is_inferred_from_headers_and_values(bring: Import) -> None:
    imported = bring("films.csv", FILMS)
    assert imported.items()["Arrival"] == {
        "title": ["Arrival", "降临"],
        "genre": ["Drama", "Sci-Fi"],
        "director": ["Denis Villeneuve"],
        "year": ["2016"],
        "runtime": ["116"],
        "synopsis": ["Linguists meet visitors, and time is not what it seems to be at all."],
    }
    schema = imported.pack().schema
    assert schema.item_class == "https://schema.org/Movie"
    assert [(slot.name, slot.kind) for slot in schema.slots] == [
        ("title", "name"),
        ("genre", "entity"),
        ("director", "entity"),
        ("year", "number"),
        ("runtime", "number"),
        ("synopsis", "text"),
    ]


def test_columns_of_unknown_names_become_slots_by_their_values(bring: Import) -> None:
    rows = "".join(f"Phone {n},{5 + n % 3},{'matt' if n % 2 else 'shiny'},红,{n % 2}\n" for n in range(30))
    schema = bring("phones.csv", "Model name,Screen size (in),Finish,色,Refurbished\n" + rows).pack().schema
    kinds = {slot.name: slot.kind for slot in schema.slots}
    chinese = next(slot for slot in schema.slots if slot.labels["zh"] == "色")
    assert kinds == {"title": "name", "screenSizeIn": "number", "finish": "entity", chinese.name: "entity"}
    assert chinese.name.isascii() and chinese.name.isalnum(), "pointers of a reply take no other names"


def test_an_outlier_is_rejected_with_its_row(bring: Import) -> None:
    imported = bring("films.csv", FILMS)
    (row,) = imported.rejects
    assert (row["line"], row["column"], row["value"], row["scope"]) == ("4", "Year", "20010", "row")
    assert row["reason"].startswith("year above 20")
    assert "Late" not in imported.items()


def test_headers_say_the_language(bring: Import) -> None:
    imported = bring(
        "goods.csv", "name_en,name_zh,category,category_zh\nCup,Z1,Kitchen,厨房\nPan,锅,Kitchen,厨房\n"
    )
    pack = imported.pack()
    cup = next(entry for entry in pack.entries if entry.surface == "Z1")
    assert (cup.language, cup.value) == ("zh", "Cup")
    kitchen = {(e.surface, e.language) for e in pack.entries if e.slots == ("category",)}
    assert kitchen == {("Kitchen", "en"), ("厨房", "zh")}, "two columns of one slot name the same value"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"name;price\nCup;1,50\nPan;12,00\n"),
        ("a.tsv", b"name\tprice\nCup\t1.50\nPan\t12\n"),
        ("a.csv", "name|price\r\nCup|€1.50\r\nPan|€12\r\n".encode("utf-8-sig")),
        ("a.csv", "name,price\nCup,1.50\nPan,12\n".encode("utf-16")),
        (
            "a.jsonl",
            b'{"name": "Cup", "offers": {"price": 1.5}}\n\n{"name": "Pan", "offers": {"price": "12.00"}}\n',
        ),
        ("a.json", b'[{"name": "Cup", "price": 1.5}, {"name": "Pan", "price": 12}]'),
    ],
)
def test_delimiters_encodings_and_formats(bring: Import, name: str, content: bytes) -> None:
    prices = {item: values["price"] for item, values in bring(name, content).items().items()}
    assert prices == {"Cup": ["1.5"], "Pan": ["12"]}


def test_chinese_of_an_old_encoding(bring: Import) -> None:
    table = "名称,类别,价格\n杯子,厨房,12元\n锅,厨房,80元\n铲子,厨房,15元\n".encode("gb18030")
    imported = bring("goods.csv", table)
    assert imported.items()["杯子"]["category"] == ["厨房"]
    assert imported.summary.tally.notes == ["goods.csv was read as gb18030."]


def test_nothing_is_dropped_silently(bring: Import) -> None:
    dirty = 'name,price,pages\nCup,3,1\n,4,2\nPan,many,3\nPot,-1,4\nLid,5,6,7\n"Jar\nof jam",6,7\n???,7,8\n'
    imported = bring("goods.csv", dirty)
    assert imported.reasons == {
        (3, "title", "the name is missing"),
        (4, "price", "price: not a number"),
        (5, "price", "price below 0"),
        (6, "", "the row has more fields than there are headers"),
        (9, "name", "the name has neither letters nor digits"),
    }
    assert set(imported.items()) == {"Cup", "Pan", "Jar of jam"}
    tally = imported.summary.tally
    assert tally.rows == tally.items + tally.rejected_rows + tally.merged
    assert tally.missing["price"] == 1


def test_broken_json_lines_are_told(bring: Import) -> None:
    lines = [b'{"name": "Cup"}', b"{", b"[1]", b"\xff", b'{"name": "P\\u0000a\\ud800n"}', b"[" * 100_000]
    imported = bring("goods.jsonl", b"\n".join(lines))
    assert set(imported.items()) == {"Cup", "Pan"}
    assert {line for line, _, _ in imported.reasons} == {2, 3, 4, 6}


@pytest.mark.parametrize("content", [b"", b"\n\n", b"price,stock\n1,yes\n2,no\n", b"name\n", b"name\nN/A\n"])
def test_a_file_that_makes_no_pack_says_why_and_leaves_nothing(
    bring: Import, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "bad.csv").write_bytes(content)
    with pytest.raises(ChatrecError) as caught:
        bring("bad.csv")
    assert caught.value.hint
    assert not any((tmp_path / "packs").iterdir())


def test_a_mapping_overrules_the_guess_and_is_kept(bring: Import, tmp_path: Path) -> None:
    table = "label,kind,cost\nCup,red;blue,3\nPan,red,4\nPot,blue,5\n"
    mapping = tmp_path / "map.yaml"
    mapping.write_text(
        "item_class: Thing\ncolumns:\n  label: title\n  kind: {slot: colour, separator: ;}\n  cost: {ignore: secret}\n"
    )
    imported = bring("goods.csv", table, mapping=mapping)
    assert imported.items()["Cup"] == {"title": ["Cup"], "colour": ["blue", "red"]}
    again = bring("goods.csv", table, pack="other", mapping=imported.summary.mapping)
    assert again.items() == imported.items()


@pytest.mark.parametrize(
    ("mapping", "named"),
    [
        ("columns: {nome: title}", "no column 'nome'"),
        ("columns: {name: {slott: title}}", "unknown key 'slott'"),
        ("slots: {price: {kind: figure}}", "kind is 'figure'"),
        ("slots: {price: {low: cheap}}", "low is 'cheap'"),
        ("slots: {price: {low: .nan}}", "low is nan"),
        ("slots: {price: {class: 'a b'}}", "class is 'a b'"),
        ("slots: {price: {texts: {en: {cue: by}}}}", "a cue is a list"),
        ("slots: {price: {texts: {fr: {}}}}", "no mapping of en and zh"),
        ("columns: {price: my_price}", "slot is 'my_price'"),
        ("nouns: {en: wine}", "nouns is no mapping"),
        ("item_class: '<x>'", "item_class is '<x>'"),
        ("columns: [name]", "columns is no mapping"),
        ("{", "cannot be read"),
        ("columns: {name: {ignore: yes}}", "No column names the items"),
    ],
)
def test_a_wrong_mapping_is_answered_with_what_is_allowed(
    bring: Import, tmp_path: Path, mapping: str, named: str
) -> None:
    (tmp_path / "map.yaml").write_text(mapping)
    with pytest.raises(InputError) as caught:
        bring("goods.csv", "name,price\nCup,1\n", mapping=tmp_path / "map.yaml")
    assert named in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("$1,299.00", "1299"),
        ("1.299,50 €", "1299.5"),
        ("12,5", "12.5"),
        ("¥30", "30"),
        ("４２", "42"),
        ("-7", "-7"),
        ("$-5", "-5"),
        ("PT2H10M", "130"),
        ("90 min", "90"),
        ("CA$ 15", "15"),
        ("Lamp 3", None),
        ("1e5", None),
        ("3 for 10", None),
        ("(12)", None),
        ("10-20", None),
        ("NaN", None),
        ("9" * 30, None),
        ("", None),
    ],
)
def test_numbers_as_people_write_them(text: str, read: str | None) -> None:
    found = number(text)
    assert (None if found is None else lexical(found)) == read


def test_years_are_read_out_of_dates() -> None:
    assert [lexical(value) for text in ("2016-11-11", "1995年", "20010") if (value := year(text))] == [
        "2016",
        "1995",
        "20010",
    ]


def test_different_names_have_different_slugs() -> None:
    names = ["C", "C++", "C#", "杯子", "锅", "a" * 80, "a" * 81, "!!!", "???"]
    assert len({slug(name) for name in names}) == len({key(name) for name in names}) == len(names)


def test_a_slot_that_a_pack_does_not_have_is_answered_with_those_it_has(
    bring: Import, tmp_path: Path
) -> None:
    bring("goods.csv", "name,price\nCup,1\n")
    (tmp_path / "map.yaml").write_text("columns: {name: {slot: titel}}")
    with pytest.raises(InputError, match="no slot 'titel'") as caught:
        bring("goods.csv", mapping=tmp_path / "map.yaml")
    assert "title, price" in caught.value.hint


def test_a_json_of_another_kind_is_no_catalogue(bring: Import) -> None:
    with pytest.raises(ChatrecError):
        bring("a.json", json.dumps(3))
