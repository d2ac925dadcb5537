"""Replies for packs that the model never saw: literals carry the words of the shapes, random weights state nothing false."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from chatrec.dialogue.values import Fact, Language
from chatrec.generation.brief import contrasts, told
from chatrec.generation.phrases import Wish, phrase, sentence, shared, wished
from chatrec.generation.surface import render
from chatrec.generation.wording import Literal, Part, number_phrase
from chatrec.grounding.pack import Pack, open_pack
from chatrec.learning.evaluation import write_replies
from tests.generation.conftest import random_replier

BOOKS = str(Path(__file__).parents[1] / "data" / "books")
PACKS = ("shop", "articles", "health", BOOKS)
REPLIES = int(os.environ.get("CHATREC_PROOF_REPLIES", "16"))
"""Replies a pack; set CHATREC_PROOF_REPLIES for more: 2,000 take some minutes a pack."""


@pytest.fixture(scope="module")
def books() -> Pack:
    return open_pack(BOOKS)


def facts(pack: Pack, title: str) -> dict[str, tuple[Fact, ...]]:
    """The facts of the item of that English name."""
    (iri,) = {entry.iri for entry in pack.entries if entry.surface == title}
    return dict(pack.items((iri,))[0].facts)


@pytest.mark.parametrize("pack", PACKS, ids=lambda path: Path(path).name)
def test_random_weights_state_nothing_unsupported(pack: str, tokenizer: Tokenizer) -> None:
    opened = open_pack(pack)
    written = list(
        write_replies(opened, random_replier("llama", tokenizer, opened), ("en", "zh"), REPLIES, 5)
    )
    assert len(written) == REPLIES
    assert not [(reply.text, reply.faults) for reply in written if reply.faults or not reply.text]


@pytest.mark.parametrize("pack", PACKS, ids=lambda path: Path(path).name)
def test_every_section_keeps_replies_that_name_nothing_of_the_pack(pack: str, tokenizer: Tokenizer) -> None:
    writer = random_replier("llama", tokenizer, open_pack(pack)).writer
    assert writer is not None
    for language in ("en", "zh"):
        for section in (
            "recommend 1",
            "recommend 2",
            "recommend 3",
            "relax 3",
            "answer.any",
            "explain",
            "compare",
        ):
            assert writer.automaton(language, section) is not None, (language, section)


def test_a_fact_carries_the_relation_words_of_its_slot(books: Pack) -> None:
    known = facts(books, "The Salt Road to Lisbon")

    def said(slot: str, language: Language) -> str:
        literal = phrase(books.schema.slot(slot), known[slot][0], language)
        assert literal is not None
        return render(("", "it", ""), {"it": literal}, language).text

    assert [said(slot, "en") for slot in ("author", "pages", "setting", "year")] == [
        "by Marta Leal",
        "412 pages long",
        "set in Lisbon",
        "from 2015",
    ]
    assert [said(slot, "zh") for slot in ("author", "pages", "setting")] == [
        "玛尔塔·莱亚尔著",
        "全书412页",
        "背景在里斯本",
    ]


def test_the_article_of_a_phrase_goes_with_its_value(books: Pack) -> None:
    slot = books.schema.slot("genre")
    snow, train = facts(books, "The Bear of Heilong"), facts(books, "The Salt Road to Lisbon")
    licence = {"A": phrase(slot, snow["genre"][0], "en"), "B": phrase(slot, train["genre"][0], "en")}
    known = {name: literal for name, literal in licence.items() if literal}
    assert render(("It is ", "A", " or ", "B", "."), known, "en").text == (
        "It is an adventure novel or a historical novel."
    )


def test_a_value_may_have_words_of_its_own() -> None:
    shop = open_pack("shop")
    slot = shop.schema.slot("feature")
    forms = {entry.value: slot.own_phrases.get(entry.iri, slot.phrase)["en"] for entry in shop.entries}
    assert (forms["foldable"], forms["timer"], forms["fast charging"]) == (
        "{value}",
        "with a {value}",
        "with {value}",
    )


def test_an_answer_is_a_whole_sentence_with_every_value(books: Pack) -> None:
    known = facts(books, "The Salt Road to Lisbon")
    said = sentence(books.schema.slot("theme"), known["theme"], "en")
    assert said is not None
    assert said.text in ("It is about migration and the sea.", "It is about the sea and migration.")
    assert {part.triple for part in said.parts if part.triple} == {fact.triple for fact in known["theme"]}


def test_what_two_items_have_in_common_is_said_with_its_slot(books: Pack) -> None:
    author = facts(books, "The Salt Road to Lisbon")["author"][0]
    slot = books.schema.slot("author")
    assert shared(slot, author, "en").text == "its author (Marta Leal)"
    assert shared(slot, author, "zh").text == "作者都是玛尔塔·莱亚尔"


def test_wishes_are_one_phrase_around_what_is_wished_for(books: Pack) -> None:
    iris = {entry.value: entry.iri for entry in books.entries}

    def wish(slot: str, label: str, value: str) -> Wish:
        return Wish(books.schema.slot(slot), Literal((Part(label),)), iris[value])

    pages = books.schema.slot("pages")
    short_en, short_zh = (
        Wish(pages, number_phrase(pages, [("<", 300)], language, "session")) for language in ("en", "zh")
    )
    crime, sea = wish("genre", "crime novel", "crime novel"), wish("theme", "the sea", "the sea")
    assert wished([sea, short_en, crime], "en") == wished([crime, sea, short_en], "en")
    english, vague = wished([crime, sea, short_en], "en"), wished([sea], "en")
    chinese = wished([wish("theme", "大海", "the sea"), short_zh], "zh")
    assert english is not None
    assert vague is not None
    assert chinese is not None
    assert english.text == "a crime novel about the sea under 300 pages"
    assert vague.text == "something about the sea"
    assert chinese.text == "关于大海、300页以下"
    assert wished([], "en") is None


def test_items_are_told_of_alike_and_nothing_twice(books: Pack) -> None:
    names = ("The Quiet Detective", "The Winter Lodger", "Ice City Blues")
    items = [facts(books, name) for name in names]
    for seed in range(30):
        literals = told(books.schema, "en", items, seed)
        starts = {words["phrase"].parts[0].text for words in literals}
        assert len(literals) == 3
        for words in literals:
            triples = [part.triple for literal in words.values() for part in literal.parts if part.triple]
            assert len(triples) == len(set(triples))
        assert len(starts) <= 3


def test_a_comparison_says_what_differs_in_the_words_of_the_shapes(books: Pack) -> None:
    pair = [facts(books, name) for name in ("The Quiet Detective", "The Winter Lodger")]
    first, second = contrasts(books.schema, "en", pair)
    assert first.text.startswith("322 pages long, for ")
    assert second.text.startswith("352 pages long, for ")
    assert "Ruth Ashdown" not in first.text
