"""The shipped ranker: the network used is the one trained, a worse one is refused, and dialogues are told in a pack's terms."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from chatrec.errors import InputError
from chatrec.grounding.pack import Pack, open_pack
from chatrec.grounding.ranking import pack_space
from chatrec.grounding.ranking.embeddings import embed, kept_places
from chatrec.grounding.ranking.network import load
from chatrec.learning.recommendation.drawn import draw
from chatrec.learning.recommendation.in_use import in_use
from chatrec.learning.recommendation.ranker import Network, Recipe
from chatrec.learning.recommendation.shipped import refuse_worse
from chatrec.learning.recommendation.transfer import met, tell
from chatrec.serving.cli import app
from tests.learning.recommendation.test_recommend import turn


def test_the_network_in_use_says_what_the_trained_one_says() -> None:
    torch.manual_seed(0)
    trained, mean, spread = Network(4, 3, Recipe(hidden=5)).eval(), torch.randn(4), torch.rand(4) + 0.5
    features, context = torch.randn(2, 7, 4), torch.randn(2, 3)
    theirs = trained((features - mean) / spread, context).detach().numpy()
    ours = in_use(trained, mean, spread).scores(features.numpy(), context.numpy())
    np.testing.assert_allclose(ours - ours[:, :1], theirs - theirs[:, :1], atol=1e-5)


def test_dialogues_are_told_in_the_terms_of_a_pack(movies: Pack, tmp_path: Path) -> None:
    names = ["Heat (1995)", "Alien (1979)", "No Such Film (1999)", "horror"]
    write = lambda name, value: (tmp_path / name).write_text(json.dumps(value))  # noqa: E731
    write("entity2id.json", {name: number for number, name in enumerate(names)})
    write("item_ids.json", [0, 1, 2])
    write("relation2id.json", {"genre": 0})
    write("kg.json", {"1": [[0, 3]]})
    line = json.loads(turn(1, "horror", "Alien (1979)")) | {
        "entity": ["Heat (1995)", "No Such Film (1999)", "horror"]
    }
    (tmp_path / "some.jsonl").write_text(json.dumps(line) + "\n" + turn(2, "horror", "No Such Film (1999)"))
    (told,) = tell(movies, tmp_path, tmp_path / "some.jsonl")
    space = pack_space(movies)
    assert [
        space.catalogue.name(row).rpartition(":")[2].rpartition("/")[2]
        for row in (*told.likes, *told.targets)
    ] == [
        "heat-1995",
        "alien-1979",
    ]
    assert met(space, told.wishes)[list(told.targets)].all()


def test_a_drawn_situation_wishes_only_for_what_its_item_is(movies: Pack) -> None:
    space = pack_space(movies)
    for told in draw(movies, 30, seed=3):
        assert met(space, told.wishes)[list(told.targets)].all()
        assert not set(told.likes) & set(told.targets)


def test_trains_on_a_pack_alone(tmp_path: Path) -> None:
    output = tmp_path / "ranker.npz"
    result = CliRunner().invoke(app, ["train", "ranker", "--pack", "shop", "--output", str(output), "--json"])
    found = json.loads(result.stdout.splitlines()[-1])
    assert found["network"]["drawn"]["mrr"] > found["formula"]["drawn"]["mrr"]
    assert found["bytes"] == output.stat().st_size < 300_000
    assert len(load(output)) == 1


@pytest.mark.parametrize("network", [0.1, 0.2])
def test_a_network_that_is_no_better_is_refused(network: float) -> None:
    figures = {"network": {"dialogues": {"mrr": network}}, "formula": {"dialogues": {"mrr": 0.2}}}
    with pytest.raises(InputError, match="no better than the formula"):
        refuse_worse(figures, "formula")


def test_places_in_the_graph_are_learnt_once_and_put_kin_together(cache: Path) -> None:
    catalogue = pack_space(open_pack("shop")).catalogue
    one, two = embed(catalogue, 0), embed(catalogue, 0)
    assert (one == two).all()
    (kept,) = (cache / "embeddings").glob("*.npy")
    stamp = kept.stat().st_mtime_ns
    np.testing.assert_allclose(kept_places(catalogue), one, atol=1e-2)
    assert kept.stat().st_mtime_ns == stamp
    links = next(iter(catalogue.links.values()))[:, catalogue.items.max() + 1 :]
    same = (links @ links.T).toarray() > 0
    np.fill_diagonal(same, False)
    alike = one[catalogue.items] @ one[catalogue.items].T
    others = ~same & ~np.eye(len(same), dtype=bool)
    assert alike[same].mean() > alike[others].mean()
