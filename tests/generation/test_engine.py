"""Another engine writes: a server's grammar may fail, lie or hang, and a reply still states only what the plan allows."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tokenizers import Tokenizer

from chatrec.generation.conversation import Codec
from chatrec.generation.engine import EngineWriter, Server
from chatrec.generation.grammar import readings, sentence_grammar, spell
from chatrec.generation.guard import Guard
from chatrec.generation.reply import Replier, clean, join
from chatrec.generation.templates import pointer_names
from chatrec.generation.verbaliser import verbalise
from chatrec.grounding.pack import Pack
from chatrec.learning.situations import situations


@contextmanager
def served(answer: str, wait: float = 0) -> Iterator[str]:
    """A server that answers every request with the same text, whatever grammar it is sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(wait)
            body = json.dumps({"choices": [{"text": answer}]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def replier(url: str, tokenizer: Tokenizer, pack: Pack, seconds: float = 60) -> Replier:
    guard = Guard(pack.entries, pack.schema.name_slot.name)
    replies = {language: clean(language, guard, pack.schema.pack) for language in ("en", "zh")}
    names = pointer_names(pack.schema.pack, ("en", "zh"))
    codec = Codec(tokenizer, tokenizer.get_vocab_size(), names, None, 0)
    return Replier(guard, EngineWriter(Server(url, 0.7), codec, replies, seconds), seconds)


@pytest.mark.parametrize("lie", ["", "Try Titanic from 1997.", "<A.title><A.title>.", "可以看看星际穿越。"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_server_that_keeps_to_no_grammar_is_never_believed(
    lie: str, language: str, tokenizer: Tokenizer, movies: Pack
) -> None:
    plans = [p for p in situations(movies).plans(language, 12, seed=5) if p.section.startswith("recommend")]
    with served(lie) as url:
        for plan in plans:
            assert join(replier(url, tokenizer, movies).write(plan))[0].endswith(join(verbalise(plan))[0])


@pytest.mark.parametrize("wait", [0, 30])
def test_a_server_that_is_away_or_hangs_costs_no_more_than_the_time_budget(
    wait: float, tokenizer: Tokenizer, movies: Pack
) -> None:
    plan = next(p for p in situations(movies).plans("en", 40, seed=5) if p.section.startswith("recommend"))
    with served("", wait) as url:
        writes = replier(url if wait else "http://127.0.0.1:9", tokenizer, movies, seconds=1)
        started = time.monotonic()
        assert join(writes.write(plan))[0]
        assert time.monotonic() - started < 20


def test_a_sentence_is_read_back_as_it_was_spelled(tokenizer: Tokenizer, movies: Pack) -> None:
    writer = replier("http://127.0.0.1:9", tokenizer, movies).writer
    assert isinstance(writer, EngineWriter)
    plan = next(p for p in situations(movies).plans("zh", 40, seed=5) if p.section.startswith("recommend"))
    walk = writer.walk(plan)
    assert walk is not None
    codec, units, place = walk.automaton.codec, [], walk
    while not units or not codec.stops(units[-1]):
        units.append(place.allowed()[-1])
        place = place.step(units[-1])
    text = spell(tuple(units), codec)
    assert tuple(units) in readings(walk, text, codec)
    assert not list(readings(walk, text + " And more.", codec))
    assert sentence_grammar(walk).startswith("root ::= ")


def test_the_grammar_allows_only_what_the_walk_allows(tokenizer: Tokenizer, movies: Pack) -> None:
    writer = replier("http://127.0.0.1:9", tokenizer, movies).writer
    assert isinstance(writer, EngineWriter)
    for plan in situations(movies).plans("en", 10, seed=9):
        if walk := writer.walk(plan):
            named = set(re.findall(r"<([A-Za-z0-9.]+)>", sentence_grammar(walk)))
            assert named <= set(plan.licence)
