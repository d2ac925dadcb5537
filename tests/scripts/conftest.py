"""A pack of five films, turns made by hand, and an engine that plays them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from chatrec.config import knowledge_dir, settings
from chatrec.dialogue.values import Act, Candidate, Claim, Constraint, Sentence, State, Turn
from chatrec.grounding.pack import Pack, open_pack
from chatrec.scripts.talks import Engines

TEST = "urn:test:"
NAME = "https://schema.org/name"


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """The five films under the shapes of the movies."""
    folder = tmp_path_factory.mktemp("packs") / "five"
    folder.mkdir()
    shutil.copy(knowledge_dir() / "movies" / "shapes.ttl", folder)
    shutil.copy(Path(__file__).with_name("films.ttl"), folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHATREC_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        settings.cache_clear()
        opened = open_pack(str(folder))
    settings.cache_clear()
    return opened


MakeTurn = Callable[..., Turn]


@pytest.fixture(scope="session")
def make_turn(pack: Pack) -> MakeTurn:
    """Make a turn: what matters to a test is given, the rest is as plain as can be."""

    def make(
        reply: str = "Hello.",
        *,
        items: tuple[str, ...] = (),
        acts: tuple[Act, ...] = (),
        wishes: tuple[Constraint, ...] = (),
        claims: tuple[Claim, ...] = (),
        language: str = "en",
        intent: str = "recommend",
        total: float = 10.0,
    ) -> Turn:
        iris = tuple(TEST + name for name in items)
        candidates = tuple(Candidate(item) for item in pack.items(iris))
        state = State(language, wishes, shown=(iris,) if iris else ())
        ms = {"total": total}
        return Turn(1, "?", language, intent, acts, state, reply, claims, candidates, "", ms)

    return make


@pytest.fixture(scope="session")
def titled(pack: Pack) -> Callable[[str, str, str], Claim]:
    """Make the claim that a film is called so, where its name first stands in a reply."""

    def make(reply: str, item: str, name: str) -> Claim:
        start = reply.index(name)
        return Claim(start, start + len(name), name, (TEST + item, NAME, name))

    return make


@dataclass(eq=False)
class PlayedEngine:
    """Plays turns made by hand (an exception is raised), and keeps the states it was called with."""

    pack: Pack
    turns: list[Turn | Exception]
    states: list[State] = field(default_factory=list)

    def turn(self, message: str, state: State) -> Iterator[Sentence | Turn]:
        """Yield the reply, then the next turn."""
        self.states.append(state)
        if isinstance(played := self.turns.pop(0), Exception):
            raise played
        shown = (*state.shown, *played.state.shown)
        after = replace(played.state, shown=shown, turn=state.turn + 1, likes=state.likes, seen=state.seen)
        yield Sentence(played.reply, played.claims)
        yield replace(played, user=message, turn=after.turn, state=after)


@pytest.fixture
def play(pack: Pack) -> Callable[..., PlayedEngine]:
    """Make an engine that plays the given turns."""
    return lambda *turns: PlayedEngine(pack, list(turns))


@pytest.fixture
def engines() -> Callable[[PlayedEngine], Engines]:
    """Make engines that give the same one for any pack."""
    return lambda engine: Engines(lambda name: engine)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a script."""

    def write_script(text: str, name: str = "talk.dialogue.yaml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write_script
