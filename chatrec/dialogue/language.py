"""Which language a message is in, given the session so far."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock, Thread
from typing import Any

import yaml

from chatrec.config import prompts_dir, read_yaml
from chatrec.dialogue.cues import load_cues
from chatrec.dialogue.folding import fold, is_han
from chatrec.dialogue.values import Language
from chatrec.errors import ChatrecError

_CHINESE, _JAPANESE = "zh", "ja"
_WORD = re.compile(r"[a-z]+(?:['-][a-z]+)*")

_LONG_ENOUGH = 4
"""Words of Latin script below which statistics say nothing."""

_TELLING = 9
"""Letters of Latin script that are no word of Chinese chat ("ok", "lol") any more."""

_SURE = 0.95
"""Probability from which a language that is not spoken here is believed."""

_READ = 300
"""Characters that the statistics look at."""

_HAN_PER_WORD = 1.6
"""Chinese characters that weigh as much as one word of Latin script."""

_KANA_SHARE = 0.15
"""Kana to Chinese characters from which a text is Japanese; Chinese has the odd の."""


_LOADING = Lock()
"""Held while langdetect works: it does not wait for its profiles where another thread loads them."""


@dataclass(frozen=True, slots=True)
class Detected:
    """The language to answer in, one of the pack's; `foreign` is the code of the one written, where it is another."""

    language: Language
    foreign: str = ""


@dataclass(frozen=True, slots=True)
class _Foreign:
    """What tells languages that are not spoken here: their scripts, and their plainest words by code."""

    scripts: Mapping[str, Language]
    words: Mapping[Language, frozenset[str]]


@lru_cache
def _foreign() -> _Foreign:
    """Load prompts/foreign.yaml. Raises ChatrecError."""
    path = prompts_dir() / "foreign.yaml"
    try:
        data: Any = read_yaml(path)
        words = {str(code): frozenset(str(text).split()) for code, text in data["words"].items()}
        return _Foreign({str(script): str(code) for script, code in data["scripts"].items()}, words)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        hint = "It has `scripts` (name of a script: code) and `words` (code: a text of words)."
        raise ChatrecError(f"{path} cannot be read: {error!r}", hint) from error


def warm() -> None:
    """Load what telling languages needs; the statistics, which few messages come to, in the background."""
    _foreign()
    Thread(target=_probabilities, args=("hello",), name="langdetect", daemon=True).start()


def detect(message: str, previous: Language, languages: tuple[Language, ...], masked: str) -> Detected:
    """Tell the language of a message: by its script, by the plainest words of each language, then by statistics.

    Args:
        message: what the user typed.
        previous: the session's language so far, or empty.
        languages: the languages of the pack; the first is the default.
        masked: the message with the names in it blanked out: they belong to no language.
    """
    session = previous if previous in languages else _by_script(message, languages)
    words = _WORD.findall(fold(masked).text)
    scripts = _scripts(masked)
    han = scripts.pop(_CHINESE, 0)
    for code, count in scripts.most_common(1):
        other = (han * _KANA_SHARE if code == _JAPANESE else han) + len(words)
        if count > other and code not in languages:
            return Detected(session, code)
    if han and han / _HAN_PER_WORD >= len(words):
        return Detected(_CHINESE) if _CHINESE in languages else Detected(session, _CHINESE)
    return _latin(words, masked, session, languages) if words else Detected(session)


def _by_script(message: str, languages: tuple[Language, ...]) -> Language:
    """Return the language of the script in which most of a message is, where there is no session to go by."""
    scripts = _scripts(message)
    latin = sum(character.isascii() and character.isalpha() for character in message)
    chinese = scripts[_CHINESE] > max(latin / 2, scripts[_JAPANESE])
    return _CHINESE if chinese and _CHINESE in languages else languages[0]


def _scripts(text: str) -> Counter[Language]:
    """Count the letters of each script that stands for a language."""
    counts: Counter[Language] = Counter()
    for character in text:
        if is_han(character):
            counts[_CHINESE] += 1
        elif character.isalpha() and not character.isascii():
            script = unicodedata.name(character, "").split(" ")[0]
            counts.update([_foreign().scripts[script]] if script in _foreign().scripts else [])
    return counts


def _latin(words: list[str], text: str, session: Language, languages: tuple[Language, ...]) -> Detected:
    """Tell the language of words in Latin script."""
    hits = {code: sum(word in known for word in words) for code, known in load_cues(languages).own.items()}
    best = max(hits, key=lambda code: hits[code])
    strange, weight = _strangest(words, languages)
    if weight > hits[best] and (weight > 1 or (len(words) <= 3 and max(map(len, words)) > 3)):
        return Detected(session, strange)
    if hits[best] >= 2 or hits[best] / len(words) >= 0.25:
        return Detected(best if len(words) > 1 else session)
    if len(words) < _LONG_ENOUGH:
        return Detected(_latin_language(session, languages) if len("".join(words)) >= _TELLING else session)
    return _statistics(text, session, languages)


def _strangest(words: list[str], languages: tuple[Language, ...]) -> tuple[Language, int]:
    """Return the language not spoken here that has most of some words, and how many."""
    known = {code: own for code, own in _foreign().words.items() if code not in languages}
    counts = {code: sum(word in own for word in words) for code, own in known.items()}
    strange = max(counts, key=lambda code: counts[code], default="")
    return strange, counts.get(strange, 0)


def _latin_language(session: Language, languages: tuple[Language, ...]) -> Language:
    """Return the session's language if it is written in Latin script, else the first that is."""
    own = load_cues(languages).own
    written = [code for code in languages if any(word.isascii() for word in own[code])]
    return session if session in written else next(iter(written), session)


def _statistics(text: str, session: Language, languages: tuple[Language, ...]) -> Detected:
    for code, probability in _probabilities(text[:_READ])[:1]:
        if code in languages:
            return Detected(code)
        return Detected(session, code) if probability >= _SURE else Detected(session)
    return Detected(session)


def _probabilities(text: str) -> list[tuple[Language, float]]:
    """Return langdetect's view, the likeliest first; the same for the same text."""
    from langdetect import DetectorFactory, detect_langs  # its profiles take a quarter of a second to load
    from langdetect.lang_detect_exception import LangDetectException

    DetectorFactory.seed = 0
    with _LOADING:
        try:
            return [(found.lang.split("-")[0], found.prob) for found in detect_langs(text)]
        except LangDetectException:
            return []
