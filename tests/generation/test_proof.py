"""The proof: with random weights the model still cannot state what the graph does not hold.

`CHATREC_PROOF_REPLIES=10000 pytest tests/generation/test_proof.py -k random` writes as many replies in all.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest
from tokenizers import Tokenizer

from chatrec.dialogue.values import Claim
from chatrec.generation.reply import Replier, join
from chatrec.grounding.pack import Pack
from chatrec.learning.checker import Checker
from chatrec.learning.evaluation import liked_only, spoken_of
from chatrec.learning.situations import Situations, situations
from tests.generation.conftest import KINDS, random_replier

REPLIES = int(os.environ.get("CHATREC_PROOF_REPLIES", "720"))
"""How many replies are written in all: by each kind of model, in each language."""


@pytest.fixture(scope="module")
def drawn(movies: Pack) -> Situations:
    return situations(movies)


@pytest.fixture(scope="module")
def checker(movies: Pack) -> Checker:
    return Checker.of(movies)


def written(
    replier: Replier, drawn: Situations, language: str, count: int
) -> Iterator[tuple[str, tuple[Claim, ...], set[str], set[str]]]:
    """Write replies; yield text, claims, the items that are only mentioned as liked, and those spoken of."""
    for plan in drawn.plans(language, count, seed=5):
        yield *join(replier.write(plan)), liked_only(plan), spoken_of(plan)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_random_weights_state_nothing_unsupported(
    kind: str, language: str, tokenizer: Tokenizer, movies: Pack, drawn: Situations, checker: Checker
) -> None:
    replier = random_replier(kind, tokenizer, movies)
    faults = [
        (text, found)
        for text, claims, liked, about in written(replier, drawn, language, -(-REPLIES // (2 * len(KINDS))))
        if (found := checker.faults(text, claims, liked, about)) or not text
    ]
    assert not faults


def test_the_checker_catches_planted_violations(movies: Pack, checker: Checker) -> None:
    film = "urn:chatrec:movies:film:interstellar-2014"
    other = "urn:chatrec:movies:film:the-martian-2015"
    name, director = movies.schema.name_slot.path, movies.schema.slot("director").path
    nolan, scott = "urn:chatrec:movies:person:christopher-nolan", "urn:chatrec:movies:person:ridley-scott"
    title = Claim(4, 16, "Interstellar", (film, name, "Interstellar"))
    year = movies.schema.slot("year").path

    def faults(text: str, *claims: Claim) -> list[str]:
        return checker.faults(text, claims)

    assert not faults("Try Interstellar.", title)
    assert faults("Try Interstellar from 2014.", title)
    assert faults("Try Interstellar by Ridley Scott.", title)
    assert faults("Try Interstellar (2015).", title, Claim(18, 22, "2015", (film, year, "2015")))
    assert faults(
        "See Interstellar by Ridley Scott.", title, Claim(20, 32, "Ridley Scott", (film, director, scott))
    )
    assert faults("Try Interstellar, not by Nolan.", title, Claim(25, 31, "Nolan", (film, director, nolan)))
    martian = Claim(22, 33, "The Martian", (other, name, "The Martian"))
    swapped = Claim(38, 55, "Christopher Nolan", (film, director, nolan))
    assert faults("Try Interstellar, and The Martian is Christopher Nolan's.", title, martian, swapped)
    assert faults("可以看看星际穿越。")
    assert faults("由克里斯托弗·诺兰执导。")


def test_a_reply_can_always_be_written_whatever_the_licence(
    tokenizer: Tokenizer, movies: Pack, drawn: Situations
) -> None:
    replier = random_replier("llama", tokenizer, movies)
    rng = random.Random(3)
    for _ in range(40):
        assert "".join(s.text for s in replier.write(drawn.draw(rng.choice(["en", "zh"]), rng)))
