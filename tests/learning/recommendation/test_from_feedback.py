"""Training on what users liked: what is told, when it is too little, and that a network no better is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from chatrec.config import settings
from chatrec.dialogue.values import Constraint, State
from chatrec.errors import InputError
from chatrec.generation.guard import Guard
from chatrec.generation.reply import Replier
from chatrec.grounding.pack import Pack, open_pack
from chatrec.grounding.ranking import pack_space
from chatrec.learning.recommendation.from_feedback import told_by
from chatrec.learning.store.records import Event, Key
from chatrec.learning.store.store import open_store
from chatrec.serving.cli import app
from chatrec.serving.session import Service
from chatrec.turn import Engine


@pytest.fixture(scope="module")
def shop() -> Pack:
    return open_pack("shop")


def items(pack: Pack) -> list[str]:
    catalogue = pack_space(pack).catalogue
    return [catalogue.name(row) for row in range(len(catalogue.items))]


def test_a_like_is_told_with_what_was_said_before(shop: Pack) -> None:
    one, two, three, *_ = items(shop)
    wish = Constraint("category", "=", "headphones", "urn:chatrec:shop:headphones")
    state = State("en", (wish,), likes=(one,), dislikes=(two,))
    liked, disliked = (Event(Key("s", "shop"), three, rating, 0.0, state) for rating in ("like", "dislike"))
    told = told_by(shop, [liked, disliked] * 20)
    rows = pack_space(shop).catalogue.rows
    assert len(told) == 20
    assert (told[0].likes, told[0].dislikes, told[0].targets) == (
        tuple(rows([one])),
        tuple(rows([two])),
        tuple(rows([three])),
    )


def test_too_few_likes_are_refused(shop: Pack) -> None:
    like = Event(Key("s", "shop"), items(shop)[0], "like", 0.0, State("en"))
    with pytest.raises(InputError, match="3 likes of items of the pack shop are stored; it takes 20"):
        told_by(shop, [like] * 3)


def test_who_likes_what_comes_first_already_gives_no_reason_to_change(
    shop: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = f"sqlite:///{tmp_path / 'ratings.db'}"
    service = Service(
        Engine.build(shop, Replier(Guard(shop.entries, shop.schema.name_slot.name))), open_store(database)
    )
    for kind in ("headphones", "lamps", "phones", "laptops", "kettles", "speakers") * 5:
        session = service.session()
        turn = service.answer(session.id, f"I am looking for {kind}")
        service.feedback(session.id, turn.candidates[0].item.iri, "like")
    monkeypatch.setattr(settings(), "database", database)
    output = tmp_path / "ranker.npz"
    result = CliRunner().invoke(
        app, ["train", "ranker", "--from-feedback", "--pack", "shop", "--output", str(output)]
    )
    assert result.exit_code == 1
    assert "no better than the ranker in use" in result.stderr
    assert not output.exists()
