"""Scripts against a running server: what is said goes through REST, the answer is judged by the pack as it is here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from chatrec.dialogue.feedback import Rating
from chatrec.dialogue.values import Act, Candidate, Claim, Constraint, Item, State, Turn
from chatrec.errors import ChatrecError, ScriptError
from chatrec.grounding.pack import Pack, open_pack
from chatrec.scripts.format import Script
from chatrec.scripts.labels import labels_of
from chatrec.scripts.talks import Talk, pack_of

_PATIENCE = 120.0
"""Seconds to wait for an answer: others may be served before."""

Json = dict[str, Any]


class Client:
    """Sends requests to a running chatrec."""

    def __init__(self, url: str) -> None:
        try:
            self._http = httpx.Client(base_url=url.rstrip("/"), timeout=_PATIENCE)
        except httpx.InvalidURL as error:
            raise _no_server(url, error) from error

    def ask(self, method: str, path: str, body: Json | None = None) -> Json:
        """Send a request and return the answer. Raises ChatrecError that says what the server said."""
        try:
            response = self._http.request(method, path, json=body)
            answer = dict(response.json())
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError) as error:
            raise _no_server(str(self._http.base_url), error) from error
        if response.is_error:
            raise ChatrecError(
                f"{method} {path} was answered with {response.status_code}: {answer.get('detail')}"
            )
        return answer


def _no_server(url: str, error: Exception) -> ChatrecError:
    return ChatrecError(
        f"{url} does not answer as a chatrec server: {error or type(error).__name__}.",
        "Give the address that `chatrec serve` prints, e.g. --url http://127.0.0.1:7860.",
    )


class Server:
    """A running chatrec that scripts talk to. Raises ChatrecError where it does not answer as one."""

    def __init__(self, url: str) -> None:
        self.client = Client(url)
        self._name = str(self.client.ask("GET", "/readyz").get("pack", ""))
        self._packs = dict[str, Pack]()

    def pack(self, script: Script) -> Pack:
        """Return the pack of a script as it is here. Raises ScriptError where the server talks about another."""
        name = pack_of(script)
        if name not in self._packs:
            self._packs[name] = open_pack(name)
        if self._packs[name].name != self._name:
            raise ScriptError(
                f"{script.path} is about the pack {self._packs[name].name!r}, the server talks about {self._name!r}.",
                "Run the scripts of one pack, against a server of that pack.",
            )
        return self._packs[name]

    def talk(self, script: Script) -> Talk:
        """Begin a conversation."""
        return ServerTalk(self.client, self.pack(script))


@dataclass
class ServerTalk:
    """A conversation with a server: its session, and the lists that were shown."""

    client: Client
    pack: Pack
    session: str = ""
    shown: tuple[tuple[str, ...], ...] = field(default=())

    def say(self, message: str) -> Turn:
        """Say something and return the whole turn, as far as the server tells of it."""
        answer = self.client.ask(
            "POST", "/recommend", {"user_input": message, "session": self.session or None}
        )
        self.session = answer["session"]
        if answer["items"]:
            self.shown = (*self.shown, tuple(item["iri"] for item in answer["items"]))
        return turn_of(answer, self._state(answer), self.pack)

    def press(self, item: str, rating: Rating) -> None:
        """Send feedback."""
        self.client.ask("POST", "/feedback", {"session": self.session, "item": item, "rating": rating})

    def close(self) -> None:
        """Have the server forget the conversation."""
        if self.session:
            self.client.ask("DELETE", f"/sessions/{self.session}")

    def _state(self, answer: Json) -> State:
        kept = self.client.ask("GET", f"/sessions/{self.session}")
        return State(
            language=answer["language"],
            constraints=tuple(_wish(wish, self.pack) for wish in answer["constraints"]),
            likes=tuple(kept["likes"]),
            dislikes=tuple(kept["dislikes"]),
            seen=tuple(kept["seen"]),
            shown=self.shown,
            turn=answer["turn"],
        )


def turn_of(answer: Json, state: State, pack: Pack) -> Turn:
    """Return a turn from its JSON; an item that the pack lacks has no facts."""
    items = {item.iri: item for item in pack.items(tuple(item["iri"] for item in answer["items"]))}
    return Turn(
        turn=answer["turn"],
        user=answer["user"],
        language=answer["language"],
        intent=answer["intent"],
        acts=tuple(_act(act) for act in answer["acts"]),
        state=state,
        reply=answer["reply"],
        claims=tuple(Claim(**{**claim, "triple": tuple(claim["triple"])}) for claim in answer["claims"]),
        candidates=tuple(
            Candidate(items.get(item["iri"], Item(item["iri"], {}))) for item in answer["items"]
        ),
        sparql=answer["sparql"],
        timings_ms=answer["timings_ms"],
    )


def _act(act: Mapping[str, Any]) -> Act:
    return Act(**{key: act[key] for key in ("act", "slot", "op", "value", "iri", "polarity", "text")})


def _wish(wish: Mapping[str, Any], pack: Pack) -> Constraint:
    """Return a wish in force; the server tells its value, the pack which node that is."""
    nodes = labels_of(pack).nodes(str(wish["value"]), wish["slot"])
    return Constraint(**wish, iri=next(iter(nodes), "") if len(nodes) == 1 else "")
