"""Misspelt labels: forms at a small edit distance from a run of words of a message."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from rapidfuzz.distance import OSA

_LONGEST = 6
"""Words of the longest run that is compared."""

_MOST = 12
"""How many strange words of one message are looked into, so that a long message stays quick."""

_SHORTEST = 5
"""Letters that a run needs to be compared."""


class Typos:
    """Finds forms that were written with a typo; the first letter is taken to be right.

    Args:
        forms: the forms, and how well known what they name is.
        allowed: how many typos a form may have.
        loose: whether a missing or an extra blank counts among a form's typos.
    """

    def __init__(
        self, forms: Mapping[str, float], allowed: Callable[[str], int], loose: Callable[[str], bool]
    ) -> None:
        self._weights = forms
        self._allowed = {form: most for form in forms if (most := allowed(form))}
        self._strict = {form for form in self._allowed if not loose(form)}
        self._buckets: dict[tuple[str, int], list[str]] = defaultdict(list)
        for form in self._allowed:
            self._buckets[form[0], len(form)].append(form)

    def find(self, text: str, strange: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and form of each misspelt form around the strange words of a keyed text.

        Where runs overlap, the longest that is near a form wins.
        """
        taken: list[tuple[int, int]] = []
        for start, end in _runs(text, strange[:_MOST]):
            if all(end <= a or start >= b for a, b in taken) and (form := self._nearest(text[start:end])):
                taken.append((start, end))
                yield start, end, form

    def _nearest(self, words: str) -> str | None:
        """Return the form at the smallest distance, the best known of equally near ones."""
        near = []
        for length in range(len(words) - 2, len(words) + 3):
            for form in self._buckets.get((words[0], length), ()):
                if form not in self._strict or form.count(" ") == words.count(" "):
                    distance = OSA.distance(words, form, score_cutoff=self._allowed[form])
                    near += (
                        [(distance, -self._weights[form], form)]
                        if 0 < distance <= self._allowed[form]
                        else []
                    )
        return min(near)[2] if near else None

    @staticmethod
    def is_near(word: str, others: Iterable[str]) -> bool:
        """Say whether a word is one typo away from one of others that are long enough to tell."""
        near = (other for other in others if len(other) >= _SHORTEST and abs(len(word) - len(other)) < 2)
        return len(word) >= _SHORTEST and any(
            OSA.distance(word, other, score_cutoff=1) == 1 for other in near
        )


def _runs(text: str, strange: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the runs of words that hold a strange word, the longest first."""
    words = [(m.start(), m.end()) for m in re.finditer(r"[a-z0-9]+", text)]
    places = [index for index, word in enumerate(words) if word in strange]
    runs = {
        (words[first][0], words[first + size - 1][1])
        for at in places
        for size in range(1, _LONGEST + 1)
        for first in range(max(0, at - size + 1), min(at, len(words) - size) + 1)
    }
    return sorted(
        (run for run in runs if run[1] - run[0] >= _SHORTEST), key=lambda run: (run[0] - run[1], run)
    )
