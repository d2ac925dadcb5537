"""Drafts: going back forgets what was written, and a failing model never loses the reply."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tokenizers import Tokenizer

from chatrec.dialogue.values import Sentence, Triple
from chatrec.generation.plan import Plan
from chatrec.generation.reply import join
from chatrec.generation.verbaliser import complete
from chatrec.generation.writer import Draft
from chatrec.grounding.pack import Pack
from chatrec.learning.situations import situations
from tests.generation.conftest import KINDS, random_replier


@pytest.fixture
def plan(movies: Pack) -> Plan:
    """A recommendation of two films."""
    return next(plan for plan in situations(movies).plans("en", 99, seed=2) if plan.section == "recommend 2")


@pytest.mark.parametrize("kind", KINDS)
def test_a_sentence_after_going_back_is_the_one_without_the_detour(
    kind: str, tokenizer: Tokenizer, movies: Pack, plan: Plan
) -> None:
    replier = random_replier(kind, tokenizer, movies)
    assert replier.writer is not None
    straight, detour = replier.writer.draft(plan), replier.writer.draft(plan)
    assert straight is not None
    assert detour is not None
    mark = detour.mark()
    for _ in range(3):
        detour.sentence()
        detour.back(mark)
    detour._random.manual_seed(plan.seed)
    first, same = straight.sentence(), detour.sentence()
    assert (first.parts, straight.ended) == (same.parts, detour.ended)
    assert first.worst == pytest.approx(same.worst, abs=1e-3)


def test_taking_up_an_earlier_attempt_leads_on_from_its_end(
    tokenizer: Tokenizer, movies: Pack, plan: Plan
) -> None:
    replier = random_replier("llama", tokenizer, movies)
    assert replier.writer is not None
    draft = replier.writer.draft(plan)
    assert draft is not None
    mark = draft.mark()
    first = draft.sentence()
    draft.back(mark)
    draft.sentence()
    draft.back(first.after)
    assert draft.mark().walk == first.after.walk
    while not draft.ended:
        draft.sentence()


def test_a_crash_of_the_model_is_answered_by_the_verbaliser(
    tokenizer: Tokenizer, movies: Pack, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(self: Draft) -> Iterator[Sentence]:
        raise MemoryError("no more")

    replier = random_replier("llama", tokenizer, movies)
    monkeypatch.setattr(Draft, "sentence", crash)
    text, claims = join(replier.write(plan))
    assert text.startswith("Here are two: ")
    assert len([claim for claim in claims if claim.triple[1] == movies.schema.name_slot.path]) == 2


def test_a_reply_past_its_time_is_completed_plainly(tokenizer: Tokenizer, movies: Pack, plan: Plan) -> None:
    replier = random_replier("llama", tokenizer, movies)
    assert join(replace(replier, seconds=0.0).write(plan))[0].startswith("Here are two: ")
    title = {letter: plan.licence[f"{letter}.title"].parts[0].triple for letter in "AB"}
    assert [claim.triple for piece in complete(plan, [title["A"]]) for claim in piece.claims] == [title["B"]]
    assert not list(complete(plan, title.values()))


def test_an_answer_that_broke_off_still_says_what_was_asked(tokenizer: Tokenizer, movies: Pack) -> None:
    asked = next(plan for plan in situations(movies).plans("en", 99, seed=4) if plan.section == "answer.year")
    year = plan_fact(asked, "A.year")
    assert [claim.triple for piece in complete(asked, []) for claim in piece.claims] == [year]
    assert not list(complete(asked, [year]))


def test_a_list_that_broke_off_before_its_first_item_is_named_whole(plan: Plan) -> None:
    assert "".join(piece.text for piece in complete(plan, [])).startswith(" Here are two: ")


def plan_fact(plan: Plan, pointer: str) -> Triple:
    """The triple that a pointer of a plan states."""
    return next(part.triple for part in plan.licence[pointer].parts if part.triple)
