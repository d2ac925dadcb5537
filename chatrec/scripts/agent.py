"""An agent of DialogueKit that speaks for a running chatrec, so that UserSimCRS's simulators can talk to it.

Nothing else imports this module: it needs the package `dialoguekit` (the extra `usersimcrs`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dialoguekit.core import (  # before `participant`, which cannot be imported first
    AnnotatedUtterance,
    Intent,
    SlotValueAnnotation,
    Utterance,
)
from dialoguekit.core.dialogue_act import DialogueAct
from dialoguekit.participant.agent import Agent, AgentType
from dialoguekit.participant.participant import DialogueParticipant

from chatrec.scripts.annotating import INTENTS, SLOTS, intent, values
from chatrec.scripts.remote import Client

_ENDINGS = ("\\end", "\\giveup")
"""What UserSimCRS's simulators say when they are done."""


class ChatrecAgent(Agent):  # type: ignore[misc]
    """Speaks for a running chatrec; each dialogue is a session of its own.

    Args:
        id: the agent's id.
        uri: address of the server.
        stop_intent: the intent that ends a dialogue.
        greeting: what opens a dialogue, in the language that it is to be held in.
        farewell: what closes it.
        intents: the simulators' intent for each intent of chatrec.
        slots: the simulators' slot for each property (the last part of its IRI).
    """

    def __init__(
        self,
        id: str = "chatrec",
        uri: str = "http://127.0.0.1:7860",
        agent_type: AgentType = AgentType.BOT,
        stop_intent: Intent = Intent("EXIT"),  # noqa: B008 (DialogueKit's own form; an intent does not change)
        greeting: str = "Hello!",
        farewell: str = "Goodbye!",
        intents: Mapping[str, str] = INTENTS,
        slots: Mapping[str, str] = SLOTS,
    ) -> None:
        super().__init__(id, agent_type=agent_type, stop_intent=stop_intent)
        self._client, self._session = Client(uri), ""
        self._greeting, self._farewell = greeting, farewell
        self._intents, self._slots = intents, slots

    def welcome(self) -> None:
        """Begin a new session and say what chatrec says to a greeting."""
        self._session = ""
        self._register(self._ask(self._greeting))

    def goodbye(self) -> None:
        """Say goodbye, end the dialogue and have the server forget the session."""
        turn = self._ask(self._farewell)
        self._client.ask("DELETE", f"/sessions/{self._session}")
        self._session = ""
        self._register(turn, self.stop_intent)

    def receive_utterance(self, utterance: Utterance) -> None:
        """Answer the user; what ends a dialogue is answered with goodbye."""
        if any(ending in utterance.text for ending in _ENDINGS):
            self.goodbye()
            return
        turn = self._ask(utterance.text)
        self._register(turn, self.stop_intent if turn["intent"] == "close" else None)

    def _ask(self, text: str) -> dict[str, Any]:
        turn = self._client.ask("POST", "/recommend", {"user_input": text, "session": self._session or None})
        self._session = turn["session"]
        return turn

    def _register(self, turn: Mapping[str, Any], act: Intent | None = None) -> None:
        """Hand the reply to the connector, annotated; the whole turn goes along as metadata."""
        found = [SlotValueAnnotation(v.slot, v.value, v.start, v.end) for v in values(turn, self._slots)]
        label = act or Intent(intent(turn, self._intents))
        self.dialogue_connector.register_agent_utterance(
            AnnotatedUtterance(
                turn["reply"],
                participant=DialogueParticipant.AGENT,
                dialogue_acts=[DialogueAct(label, found)],
                annotations=found,
                metadata={"chatrec": dict(turn)},
            )
        )
