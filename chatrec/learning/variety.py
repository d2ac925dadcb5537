"""How varied texts are among themselves. A word is a run of Latin letters or digits, or one Chinese character."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

_WORD = re.compile(r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+")
_ORDER = 4
_COMPARED = 200
"""How many texts are compared with each other at most: the cost grows with the square."""


def distinct_bigrams(texts: Sequence[str]) -> float:
    """Return the share of different bigrams among all (distinct-2, Li et al. 2016)."""
    bigrams = Counter(pair for text in texts for pair in pairwise(_WORD.findall(text)))
    return round(len(bigrams) / max(1, bigrams.total()), 4)


def self_bleu(texts: Sequence[str]) -> float:
    """Return the mean BLEU-4 of each text against all the others (Zhu et al. 2018): the lower, the more varied."""
    grams = [_grams(text) for text in texts[:_COMPARED]]
    scores = [_bleu(own, [*grams[:place], *grams[place + 1 :]]) for place, own in enumerate(grams)]
    return round(sum(scores) / max(1, len(scores)), 4)


def _grams(text: str) -> list[Counter[tuple[str, ...]]]:
    words = _WORD.findall(text)
    return [
        Counter(zip(*(words[skip:] for skip in range(order)), strict=False)) for order in range(1, _ORDER + 1)
    ]


def _bleu(own: list[Counter[tuple[str, ...]]], others: Sequence[list[Counter[tuple[str, ...]]]]) -> float:
    """Return the geometric mean of the clipped precisions, add-one smoothed above unigrams (Lin and Och 2004)."""
    logs = []
    for order, mine in enumerate(own):
        found = sum(
            min(count, max((other[order][gram] for other in others), default=0))
            for gram, count in mine.items()
        )
        smooth = 1 if order else 0
        if not mine or found + smooth == 0:
            return 0.0
        logs.append(math.log((found + smooth) / (mine.total() + smooth)))
    return math.exp(sum(logs) / len(logs)) * _brevity(own, others)


def _brevity(own: list[Counter[tuple[str, ...]]], others: Sequence[list[Counter[tuple[str, ...]]]]) -> float:
    """Return the brevity penalty against the other text that is nearest in length."""
    length = own[0].total()
    nearest = min((other[0].total() for other in others), key=lambda n: (abs(n - length), n), default=length)
    return 1.0 if length >= nearest else math.exp(1 - nearest / max(1, length))
