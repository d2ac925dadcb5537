"""Meaning: which concept of a pack some words speak of, where no label names it, by sentence embeddings.

A concept is as near as the two nearest of its texts (labels and definitions, in every language). What is nearer to talk
that is no wish at all (prompts/LANGUAGE/idle.txt) speaks of none. The vectors are computed once for a pack and an encoder.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from chatrec.config import prompts_dir, settings
from chatrec.dialogue.values import Entry, Language
from chatrec.grounding.encoder import Encoder, Vectors, chosen_encoder
from chatrec.grounding.graph import render_query
from chatrec.grounding.pack import Pack

_IDLE_COUNTS = 0.5
"""How much likeness to idle talk counts against a concept."""
_COMMA = re.compile("[,，、]")
_MOST = 20_000
"""Texts that are encoded at most, those of the best known concepts first: 1.3 ms each, once."""


@dataclass(frozen=True, eq=False)
class Meanings:
    """The concepts of a pack as vectors, less what all texts have in common.

    Attributes:
        concepts: what can be reached.
        starts: the first row of each concept in `vectors`.
        vectors: the unit vectors of their texts (texts, dimensions), grouped by concept.
        idle: those of idle talk.
        centre: the mean of the texts before it was taken off.
        margin: how much nearer a concept must be than idle talk.
    """

    encoder: Encoder
    concepts: tuple[Entry, ...]
    starts: NDArray[np.intp]
    vectors: Vectors
    idle: Vectors
    centre: Vectors
    margin: float

    def reach(self, words: str) -> Entry | None:
        """Return the concept that some words speak of, None where they speak of none."""
        entry, score = self.nearest(words)
        return entry if score >= self.margin else None

    def nearest(self, words: str) -> tuple[Entry, float]:
        """Return the concept that is nearest to some words, and how much nearer it is than idle talk."""
        query = _centred(self.encoder.encode([words]), self.centre)[0]
        likeness = _best_two(self.vectors @ query, self.starts)
        best = int(np.argmax(likeness))
        talk = float((self.idle @ query).max(initial=0.0))
        return self.concepts[best], float(likeness[best]) - _IDLE_COUNTS * talk

    def warm(self) -> None:
        """Have the encoder read its weights in the background, so that no message waits for it."""
        Thread(target=self.encoder.encode, args=([""],), name="encoder", daemon=True).start()


def _best_two(likeness: Vectors, starts: NDArray[np.intp]) -> Vectors:
    """Return the mean of the two largest numbers of each group; of a group of one, that one."""
    first = np.maximum.reduceat(likeness, starts)
    sizes = np.diff(np.append(starts, len(likeness)))
    rest = np.where(likeness < np.repeat(first, sizes), likeness, -np.inf)
    second = np.maximum.reduceat(rest, starts)
    second = np.where(np.isfinite(second), second, first)
    mean: Vectors = ((first + second) / 2).astype(np.float32)
    return mean


def _centred(vectors: Vectors, centre: Vectors) -> Vectors:
    moved = vectors - centre
    unit: Vectors = moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), np.float32(1e-9))
    return unit


def open_meanings(pack: Pack) -> Meanings | None:
    """Return the meanings of a pack; None where there is no encoder, or nothing to reach."""
    encoder = chosen_encoder()
    concepts = _concepts(pack) if encoder else []
    if encoder is None or not concepts:
        return None
    texts = [text for _, own in concepts for text in own]
    idle = [line for language in pack.schema.languages for line in _idle(language)]
    vectors = _cached(encoder, [*texts, *idle])
    centre = vectors[: len(texts)].mean(axis=0)
    moved = _centred(vectors, centre)
    starts = np.cumsum([0, *(len(own) for _, own in concepts[:-1])])
    entries = tuple(entry for entry, _ in concepts)
    return Meanings(
        encoder, entries, starts, moved[: len(texts)], moved[len(texts) :], centre, settings().encoder_margin
    )


def _concepts(pack: Pack) -> list[tuple[Entry, list[str]]]:
    """Return the values of the slots that make items alike, each with its texts, the best known first."""
    linked = {slot.name for slot in pack.schema.slots if slot.links}
    values = {entry.iri: entry for entry in pack.entries if entry.iri and linked.intersection(entry.slots)}
    texts: dict[str, list[str]] = {}
    for row in pack.graph.select(render_query("concepts")):
        texts.setdefault(str(row["node"]), []).extend(_phrases(str(row["text"])))
    found = [(entry, sorted(set(texts[iri]))) for iri, entry in values.items() if iri in texts]
    found.sort(key=lambda pair: (-pair[0].weight, pair[0].iri))
    sizes = np.cumsum([len(own) for _, own in found])
    return found[: int((sizes <= _MOST).sum())]


def _phrases(text: str) -> Iterable[str]:
    """Return a text, and the phrases that its commas part, which are nearer to what people type than all of it."""
    phrases = [phrase.strip() for phrase in _COMMA.split(text)]
    return dict.fromkeys([text, *(phrase for phrase in phrases if len(phrase) > 1)])


def _idle(language: Language) -> list[str]:
    path = prompts_dir() / language / "idle.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _cached(encoder: Encoder, texts: Sequence[str]) -> Vectors:
    """Return the vectors of some texts (texts, dimensions), from the cache where they were computed before."""
    path = settings().cache_dir / "packs" / f"meanings-{_hash([encoder.name, *texts])}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock"):
            if not path.exists():
                _save(path, encoder.encode(texts))
    vectors: Vectors = np.load(path).astype(np.float32)
    return vectors


def _save(path: Path, vectors: Vectors) -> None:
    """Write vectors so that the file appears whole or not at all."""
    partial = path.with_suffix(f".{os.getpid()}")
    with partial.open("wb") as file:
        np.save(file, vectors.astype(np.float16))
    partial.replace(path)


def _hash(texts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:24]
