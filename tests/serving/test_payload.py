"""The JSON of a turn: exactly the fields of the contract, true to the graph, in the language of the reply."""

from __future__ import annotations

import json

import pytest

from chatrec.dialogue.values import Candidate, Constraint, Fact, Item
from chatrec.grounding.pack import Pack
from chatrec.serving.payload import turn_json, why
from chatrec.serving.session import Service

TURN = ["turn", "session", "user", "language", "intent", "acts", "constraints", "reply", "items", "claims"]
TIMINGS = ["understand", "ground", "rank", "generate", "first_token", "total"]
INTERSTELLAR = "urn:chatrec:movies:film:interstellar-2014"


def said(service: Service, text: str) -> dict:
    session = service.session()
    return turn_json(service.answer(session.id, text), session.id, service.pack)


def test_it_has_the_fields_of_the_contract(service: Service) -> None:
    turn = said(service, "I loved Interstellar, now romance")
    assert list(turn) == [*TURN, "sparql", "timings_ms"]
    assert list(turn["acts"][0]) == ["act", "slot", "op", "value", "iri", "polarity", "text"]
    assert turn["constraints"] == [{"slot": "genre", "op": "=", "value": "romance", "polarity": "like"}]
    assert list(turn["items"][0]) == ["iri", "label", "why", "facts"]
    assert list(turn["claims"][0]) == ["start", "end", "text", "triple"]
    assert list(turn["timings_ms"]) == TIMINGS
    assert turn["user"] == "I loved Interstellar, now romance"
    assert turn["sparql"].lstrip("#").find("SELECT") > 0


def test_it_survives_json(service: Service) -> None:
    turn = said(service, "爱情片")
    assert json.loads(json.dumps(turn)) == turn


@pytest.mark.parametrize("text", ["romance", "爱情片"])
def test_every_claim_and_fact_is_in_the_graph(service: Service, text: str) -> None:
    turn = said(service, text)
    for claim in turn["claims"]:
        assert turn["reply"][claim["start"] : claim["end"]] == claim["text"]
        assert service.pack.graph.holds(claim["triple"])
    for fact in (fact for item in turn["items"] for fact in item["facts"]):
        assert service.pack.graph.holds(fact)


def test_an_item_comes_with_all_its_facts(service: Service) -> None:
    item = said(service, "romance")["items"][0]
    predicates = {predicate for _, predicate, _ in item["facts"]}
    for slot in service.pack.schema.slots:
        (held,) = service.pack.items((item["iri"],))
        assert (slot.path in predicates) == (slot.name in held.facts)


@pytest.mark.parametrize(("text", "label"), [("Inception", "Interstellar"), ("盗梦空间", "星际穿越")])
def test_labels_are_in_the_language_of_the_reply(service: Service, text: str, label: str) -> None:
    session = service.session()
    turn = service.answer(session.id, text)
    items = service.pack.items((INTERSTELLAR,))
    shown = turn_json(turn, session.id, service.pack)["items"]
    assert items[0].name(service.pack.schema.name_slot.name, turn.language).label(turn.language) == label
    assert all(
        any(letter >= "\u4e00" for letter in item["label"]) == (turn.language == "zh") for item in shown
    )


def shared(pack: Pack, slot: str, value: str) -> Candidate:
    fact = next(f for f in pack.items((INTERSTELLAR,))[0].facts[slot] if f.labels.get("en") == value)
    return Candidate(Item("urn:x", {}), shared=((fact, INTERSTELLAR),))


def test_reasons_read_well(pack: Pack) -> None:
    candidate = shared(pack, "director", "Christopher Nolan")
    assert why(candidate, "en", pack) == ["shares the director Christopher Nolan with Interstellar"]
    assert why(candidate, "zh", pack) == ["与《星际穿越》导演相同：克里斯托弗·诺兰"]


def test_a_wish_that_is_met_is_a_reason(pack: Pack) -> None:
    genre = Fact(("urn:x", "p", "o"), "genre", {"en": "science fiction", "zh": "科幻"})
    runtime = Fact(("urn:x", "p", "112"), "runtime", {"": "112"})
    wishes = Constraint("genre", "=", "science fiction"), Constraint("runtime", "<", 120)
    candidate = Candidate(Item("urn:x", {}), met=tuple(zip(wishes, (genre, runtime), strict=True)))
    assert why(candidate, "en", pack) == [
        "matches your wish: science fiction",
        "matches your wish: running time 112 minutes",
    ]
    assert why(candidate, "zh", pack) == ["符合你的要求：科幻", "符合你的要求：片长112分钟"]
