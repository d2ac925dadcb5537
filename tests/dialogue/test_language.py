"""Which language a message is taken to be in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatrec.dialogue.language import Detected, detect
from chatrec.dialogue.understanding import Understanding

LANGUAGES = ("en", "zh")

ENGLISH = [
    "sth funny pls",
    "any good horror?",
    "i want a comedy",
    "movies for kids",
    "what should I watch tonight",
    "romantic comedies from the 90s",
    "make it shorter",
    "no horror",
    "not too long",
    "who directed it",
    "is it scary",
    "why that one",
    "another one please",
    "tell me more",
    "idk whatever",
    "gimme a thriller",
    "can u recommend a film",
    "feel good movie",
    "a documentary on penguins",
    "Bollywood musicals",
    "anime for adults",
    "film noir",
    "cyberpunk dystopia",
    "I loved 千与千寻",
    "something like 星际穿越 but newer",
    "do you have 霸王别姬?",
    "who directed 花样年华",
    "Amélie was lovely",
    "I liked La La Land and Les Misérables",
    "it was très chic",
    "in French please, a love story",
    "hello, I would like to see something Spanish",
    "do you speak German?",
    "nothing with Penélope Cruz",
    "MOVIES LIKE INCEPTION",
]

CHINESE = [
    "你好",
    "不要恐怖片",
    "推荐一部电影",
    "有没有搞笑的",
    "想看科幻",
    "老片",
    "谢谢",
    "换一批",
    "再来一部",
    "第一部是谁导演的",
    "我想看 Inception 那样的",
    "喜欢The Dark Knight，有类似的吗",
    "看过Interstellar了",
    "Titanic 是谁导演的",
    "推薦一部電影",
    "有沒有好看的愛情片",
    "来点sci-fi",
    "PG-13的喜剧",
    "90年代的香港电影",
    "星际穿越",
    "日本动画",
    "《Up》好看吗",
    "要Leonardo DiCaprio演的",
    "ok，那换成喜剧",
]

FOREIGN = [
    ("bonjour", "fr"),
    ("je cherche un film drôle", "fr"),
    ("je voudrais voir quelque chose avec Omar Sy", "fr"),
    ("un film d'horreur pour ce soir s'il vous plaît", "fr"),
    ("hola", "es"),
    ("quiero ver una película de terror", "es"),
    ("¿qué me recomiendas para esta noche?", "es"),
    ("guten Tag", "de"),
    ("ich suche einen lustigen Film", "de"),
    ("Kannst du mir etwas Spannendes empfehlen?", "de"),
    ("ciao, cerco un film divertente", "it"),
    ("quero ver um filme de comédia", "pt"),
    ("ik zoek een leuke film voor vanavond", "nl"),
    ("szukam dobrego filmu na wieczór", "pl"),
    ("посоветуй хороший фильм", "ru"),
    ("おすすめの映画を教えて", "ja"),
    ("面白い映画はありますか", "ja"),
    ("アクション", "ja"),
    ("재미있는 영화 추천해줘", "ko"),
    ("أريد فيلما مضحكا", "ar"),
    ("ขอหนังตลก", "th"),
    ("मुझे एक फिल्म चाहिए", "hi"),
    ("θέλω μια κωμωδία", "el"),
    ("אני רוצה סרט", "he"),
]

TOO_SHORT = ["ok", "hi", "👍", "???", "…", "2010", "Titanic", "Parasite", "lol", "hmm", "wow", ""]


@pytest.fixture(scope="module")
def told(understanding: Understanding):  # type: ignore[no-untyped-def]
    def tell(message: str, previous: str = "") -> Detected:
        return detect(message, previous, LANGUAGES, understanding.mask(message))

    return tell


@pytest.mark.parametrize("message", ENGLISH)
@pytest.mark.parametrize("previous", ["", "en", "zh"])
def test_english(told, message: str, previous: str) -> None:  # type: ignore[no-untyped-def]
    assert told(message, previous) == Detected("en")


@pytest.mark.parametrize("message", CHINESE)
@pytest.mark.parametrize("previous", ["", "zh"])
def test_chinese(told, message: str, previous: str) -> None:  # type: ignore[no-untyped-def]
    assert told(message, previous) == Detected("zh")


@pytest.mark.parametrize(("message", "code"), FOREIGN)
@pytest.mark.parametrize("previous", ["en", "zh"])
def test_a_language_that_is_not_spoken_is_named_and_the_session_keeps_its_own(  # type: ignore[no-untyped-def]
    told, message: str, code: str, previous: str
) -> None:
    assert told(message, previous) == Detected(previous, code)


@pytest.mark.parametrize("message", TOO_SHORT)
@pytest.mark.parametrize("previous", ["en", "zh"])
def test_what_is_too_short_to_tell_keeps_the_language_of_the_session(  # type: ignore[no-untyped-def]
    told, message: str, previous: str
) -> None:
    assert told(message, previous) == Detected(previous)


def test_the_first_language_of_the_pack_is_the_default() -> None:
    assert detect("ok", "", ("zh", "en"), "ok").language == "zh"
    assert detect("ok", "fr", LANGUAGES, "ok").language == "en"


@settings(max_examples=300, deadline=None, database=None)
@given(st.text(), st.sampled_from(["", "en", "zh", "xx"]))
def test_any_text_is_answered_in_a_language_of_the_pack(message: str, previous: str) -> None:
    detected = detect(message, previous, LANGUAGES, message)
    assert detected.language in LANGUAGES
    assert detect(message, previous, LANGUAGES, message) == detected
