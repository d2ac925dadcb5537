"""Which language a message is in, given the session so far."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from chatrec.config import prompts_dir
from chatrec.dialogue.cues import load_cues
from chatrec.dialogue.folding import fold, is_han
from chatrec.dialogue.values import Language
from chatrec.errors import ChatrecError

_SCRIPTS = {
    "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CYRILLIC": "ru", "ARABIC": "ar", "HEBREW": "he", "GREEK": "el", "THAI": "th",
    "DEVANAGARI": "hi", "BENGALI": "bn", "TAMIL": "ta", "TELUGU": "te", "GEORGIAN": "ka", "ARMENIAN": "hy", "KHMER": "km",
    "LAO": "lo", "MYANMAR": "my", "ETHIOPIC": "am", "GUJARATI": "gu", "GURMUKHI": "pa", "KANNADA": "kn", "MALAYALAM": "ml",
    "SINHALA": "si", "TIBETAN": "bo", "MONGOLIAN": "mn",
}  # fmt: skip
_LONG_ENOUGH = 4
"""Words of Latin script below which statistics say nothing."""
_TELLING = 9
"""Letters of Latin script that are no word of Chinese chat ("ok", "lol") any more."""
_SURE = 0.95
_READ = 300
"""Characters that the statistics look at."""
_HAN_PER_WORD = 1.6
"""Chinese characters that weigh as much as one word of Latin script."""


@dataclass(frozen=True, slots=True)
class Detected:
    """The language to answer in, one of the pack's; `foreign` is the code of the language written, where it is another."""

    language: Language
    foreign: str = ""


@lru_cache
def _foreign_words() -> dict[str, frozenset[str]]:
    """Load the plainest words of languages that are not spoken here."""
    path = prompts_dir() / "foreign.yaml"
    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {str(code): frozenset(str(words).split()) for code, words in data.items()}
    except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError) as error:
        raise ChatrecError(
            f"{path} cannot be read: {error}", "It maps a language code to a text of words."
        ) from error


def detect(message: str, previous: Language, languages: tuple[Language, ...], masked: str) -> Detected:
    """Tell the language of a message.

    Args:
        message: what the user typed.
        previous: the session's language so far, or empty.
        languages: the languages of the pack; the first is the default.
        masked: the message with the names in it blanked out: they belong to no language.
    """
    session = previous if previous in languages else _by_script(message, languages)
    scripts = _scripts(masked)
    latin = re.findall(r"[a-z]+(?:['-][a-z]+)*", fold(masked).text)
    han = scripts.pop("zh", 0)
    if not previous and scripts.keys() & {"ja", "ko"}:
        session = languages[0]
    if scripts and (kind := scripts.most_common(1)[0])[1] > (han if kind[0] != "ja" else han * 0.15) + len(
        latin
    ):
        return Detected(session, kind[0])
    if han and han / _HAN_PER_WORD >= len(latin):
        return Detected("zh") if "zh" in languages else Detected(session, "zh")
    if latin:
        return _latin(latin, masked, session, languages)
    return Detected(session)


def warm() -> None:
    """Load what telling languages needs, so that the first message does not wait for it."""
    _foreign_words()
    _probabilities("hello")


def _by_script(message: str, languages: tuple[Language, ...]) -> Language:
    """Return the language of the script in which most of a message is, where there is no session to go by."""
    han = sum(map(is_han, message))
    latin = sum(character.isascii() and character.isalpha() for character in message)
    return "zh" if "zh" in languages and han > latin / 2 else languages[0]


def _scripts(text: str) -> Counter[str]:
    """Count the letters of each script that stands for a language."""
    counts: Counter[str] = Counter()
    for character in text:
        if is_han(character):
            counts["zh"] += 1
        elif character.isalpha() and not character.isascii():
            script = unicodedata.name(character, "").split(" ")[0]
            if script in _SCRIPTS:
                counts[_SCRIPTS[script]] += 1
    return counts


def _latin(words: list[str], text: str, session: Language, languages: tuple[Language, ...]) -> Detected:
    """Tell the language of words in Latin script: by the plainest words of each language, then by statistics."""
    hits = {code: sum(word in known for word in words) for code, known in load_cues(languages).own.items()}
    best = max(hits, key=lambda code: hits[code])
    strange, weight = _foreign(words, languages)
    if weight > hits[best] and (weight > 1 or (len(words) <= 3 and max(map(len, words)) > 3)):
        return Detected(session, strange)
    if hits[best] >= 2 or hits[best] / len(words) >= 0.25:
        return Detected(best if len(words) > 1 else session)
    return _statistics(words, text, session, languages)


def _foreign(words: list[str], languages: tuple[Language, ...]) -> tuple[str, int]:
    """Return the language not spoken here that has most of some words, and how many."""
    counts = {code: sum(w in known for w in words) for code, known in _foreign_words().items() if code not in languages}
    strange = max(counts, key=lambda code: counts[code], default="")
    return strange, counts.get(strange, 0)


def _statistics(words: list[str], text: str, session: Language, languages: tuple[Language, ...]) -> Detected:
    if len(words) < _LONG_ENOUGH:
        return Detected(_latin_language(session, languages) if len("".join(words)) >= _TELLING else session)
    for code, probability in _probabilities(text[:_READ]):
        if code in languages:
            return Detected(code)
        return Detected(session, code) if probability >= _SURE else Detected(session)
    return Detected(session)


def _latin_language(session: Language, languages: tuple[Language, ...]) -> Language:
    """Return the session's language if it is written in Latin script, else the first that is."""
    own = load_cues(languages).own
    written = [code for code in languages if any(word.isascii() for word in own[code])]
    return session if session in written else next(iter(written), session)


def _probabilities(text: str) -> list[tuple[str, float]]:
    """Return langdetect's view, the likeliest first; the same for the same text."""
    from langdetect import DetectorFactory, detect_langs  # its profiles take a quarter of a second to load
    from langdetect.lang_detect_exception import LangDetectException

    DetectorFactory.seed = 0
    try:
        return [(found.lang.split("-")[0], found.prob) for found in detect_langs(text)]
    except LangDetectException:
        return []
