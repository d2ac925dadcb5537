"""A dirty catalogue of 10,000 products, imported by one command, and a conversation over it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chatrec.config import settings
from chatrec.dialogue.values import Item, State, Turn
from chatrec.generation.reply import open_replier
from chatrec.grounding.pack import open_pack
from chatrec.serving.cli import app
from chatrec.turn import Engine
from tests.grounding.importing.catalogue import CATEGORIES, DIRT, write_catalogue

COUNT = 10_000


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder to work in, without a language model."""
    folder = tmp_path_factory.mktemp("shop")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHATREC_CACHE_DIR", str(folder / "cache"))
        patch.setenv("CHATREC_GENERATE", "false")
        patch.chdir(folder)
        settings.cache_clear()
        yield folder
    settings.cache_clear()


@pytest.fixture(scope="module")
def figures(place: Path) -> dict[str, object]:
    """What the import says it did."""
    write_catalogue(place / "products.csv", COUNT)
    result = CliRunner().invoke(app, ["kg", "import", "products.csv", "--pack", "store", "--json"])
    assert result.exit_code == 0, result.stderr
    assert "what becomes of the columns" in result.stderr
    found: dict[str, object] = json.loads(result.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def engine(figures: dict[str, object]) -> Engine:
    """The engine over the imported catalogue, as its user opens it; its Chinese labels were added by hand."""
    labels = (
        f'<urn:chatrec:store:category:{english.lower()}> skos:prefLabel "{chinese}"@zh .\n'
        for english, chinese in CATEGORIES.items()
    )
    prefix = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
    (Path(str(figures["pack"])) / "chinese.ttl").write_text(prefix + "".join(labels), encoding="utf-8")
    pack = open_pack(str(figures["pack"]))
    return Engine.build(pack, open_replier(pack))


def test_every_row_is_accounted_for(figures: dict[str, object]) -> None:
    reasons = figures["rejected_by_reason"]
    assert isinstance(reasons, dict)
    assert reasons["price below 0"] == DIRT["negative price"]
    assert reasons["the name is missing"] == DIRT["no name"]
    assert reasons["price: not a number"] == DIRT["price in words"]
    assert reasons["the row has more fields than there are headers"] == DIRT["too many fields"]
    assert sum(n for reason, n in reasons.items() if reason.startswith("price above")) == DIRT["absurd price"]
    told = int(str(figures["merged"])) + int(str(figures["rejected_rows"]))
    assert int(str(figures["items"])) + told == figures["rows"] == COUNT
    assert len(Path(str(figures["rejects"])).read_text().splitlines()) - 1 >= told
    assert figures["notes"] == [
        "Camers (1) was taken for Cameras (1236).",
        "Monitos (1) was taken for Monitors (1267).",
    ]


def say(engine: Engine, text: str, state: State) -> Turn:
    """Say something and return the turn."""
    *_, turn = engine.turn(text, state)
    assert isinstance(turn, Turn)
    return turn


def labels(item: Item, slot: str) -> list[str]:
    return [fact.label("en") for fact in item.facts.get(slot, ())]


def test_a_conversation_by_category_price_and_brand(engine: Engine) -> None:
    turn = say(engine, "I am looking for headphones under 50", State())
    assert turn.intent == "recommend"
    assert len(turn.candidates) == 3
    for candidate in turn.candidates:
        assert labels(candidate.item, "category") == ["Headphones"]
        assert float(labels(candidate.item, "price")[0]) < 50
        assert candidate.item.name(engine.pack.schema.name_slot.name, "en").label("en") in turn.reply
    assert "<" not in turn.reply
    turn = say(engine, "made by Soundberg", turn.state)
    assert turn.candidates
    for candidate in turn.candidates:
        assert labels(candidate.item, "brand") == ["Soundberg"]
        assert labels(candidate.item, "category") == ["Headphones"]
        assert float(labels(candidate.item, "price")[0]) < 50
    assert all(engine.pack.graph.holds(claim.triple) for claim in turn.claims if claim.triple[0] != "session")


def test_prices_with_cents_are_compared(engine: Engine) -> None:
    turn = say(engine, "I am looking for headphones under 50", State())
    first = float(labels(turn.candidates[0].item, "price")[0])
    turn = say(engine, "something cheaper than the first one", turn.state)
    assert first != round(first)
    assert turn.candidates
    assert all(float(labels(candidate.item, "price")[0]) < round(first) for candidate in turn.candidates)


def test_the_same_in_chinese(engine: Engine) -> None:
    turn = say(engine, "想买相机，100元以下的", State())
    assert (turn.language, turn.intent) == ("zh", "recommend")
    assert turn.candidates
    for candidate in turn.candidates:
        assert labels(candidate.item, "category") == ["Cameras"]
        assert float(labels(candidate.item, "price")[0]) < 100


def test_something_like_a_product(engine: Engine) -> None:
    known = engine.pack.items(tuple(e.iri for e in engine.pack.entries if e.slots == ("title",))[:1])[0]
    name = known.name(engine.pack.schema.name_slot.name, "en").label("en")
    turn = say(engine, f"something like {name}", State())
    assert all(
        labels(candidate.item, "category") == labels(known, "category") for candidate in turn.candidates
    )
    assert turn.candidates


def test_a_dry_run_writes_nothing(place: Path) -> None:
    (place / "few.csv").write_text("name,price\nCup,3\n")
    result = CliRunner().invoke(app, ["kg", "import", "few.csv", "--pack", "few", "--dry-run"])
    assert result.exit_code == 0
    assert not (place / "packs" / "few").exists()


@pytest.mark.parametrize(
    "arguments", [["none.csv"], ["few.csv", "--endpoint", "http://x"], [], ["few.csv.gz"]]
)
def test_a_source_that_is_none_is_told(place: Path, arguments: list[str]) -> None:
    (place / "few.csv").write_text("name,price\nCup,3\n")
    result = CliRunner().invoke(app, ["kg", "import", "--pack", "few", *arguments])
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
