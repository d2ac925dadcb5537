"""The chat page: a conversation beside what was understood, what is recommended, and the proof of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr
from fastapi import FastAPI

from chatrec.dialogue.values import Language, Sentence, State, Turn
from chatrec.generation.reply import join
from chatrec.serving import render
from chatrec.serving.cards import wish_key
from chatrec.serving.session import Service, Session, UnknownSessionError
from chatrec.serving.templates import PAGE
from chatrec.serving.texts import texts
from chatrec.serving.theme import build_theme

_LOG = logging.getLogger(__name__)
_AT_ONCE = 32
"""How many browsers may wait for a reply at the same time; the rest queue in Gradio."""


def mount_page(app: FastAPI, service: Service) -> None:
    """Mount the page at `/`."""
    translations = {language: dict(texts(language)) for language in service.pack.schema.languages}
    gr.mount_gradio_app(
        app,
        build_page(service),
        path="/",
        theme=build_theme(),
        css_paths=PAGE / "page.css",
        i18n=gr.I18n(**translations),
        footer_links=[],
        run_history=False,
        show_error=False,
        favicon_path=str(PAGE / "icon.png"),
    )


def build_page(service: Service) -> gr.Blocks:
    """Lay out the page and connect it with the service."""
    return _Page(service).blocks


class _Page:
    """The page's components and what happens when they are used. The service keeps the conversation."""

    def __init__(self, service: Service) -> None:
        self.service, self.pack = service, service.pack
        with gr.Blocks(title="chatrec", analytics_enabled=False, fill_height=True) as self.blocks:
            self._lay_out()
            self._connect()

    def _lay_out(self) -> None:
        words, script = gr.I18n(), (PAGE / "page.js").read_text(encoding="utf-8")
        html: dict[str, Any] = {"js_on_load": script, "apply_default_css": False}
        self.session = gr.State("", delete_callback=self.service.sessions.delete)
        with gr.Row(elem_id="top"):
            self.head = gr.HTML(elem_id="head", apply_default_css=False)
            self.clear = gr.Button(words("clear"), elem_id="clear", size="sm", scale=0, min_width=0)
        with gr.Row(elem_id="main"):
            with gr.Column(elem_id="talk", scale=6, min_width=320):
                self.chat = gr.HTML(elem_id="chat", **html)
                with gr.Row(elem_id="composer"):
                    self.box = gr.Textbox(
                        placeholder=words("placeholder"),
                        label=words("placeholder"),
                        show_label=False,
                        container=False,
                        max_lines=6,
                        autofocus=True,
                    )
                    self.send = gr.Button(
                        words("send"), elem_id="send", variant="primary", scale=0, min_width=0
                    )
                    self.stop = gr.Button(words("stop"), elem_id="stop", scale=0, min_width=0, visible=False)
            with gr.Column(elem_id="side", scale=5, min_width=320):
                self.panel = gr.HTML(elem_id="panel", **html)
                with gr.Accordion(words("proof"), open=False, elem_id="proof"):
                    self.proof = gr.HTML(apply_default_css=False)

    def _connect(self) -> None:
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        at_once: dict[str, Any] = {**private, "queue": False}
        shown = [self.session, self.box, self.chat, self.panel, self.proof, self.send, self.stop]
        said = [self.box.submit, self.send.click]
        waits: dict[str, Any] = {**private, "concurrency_limit": _AT_ONCE}
        gr.on(said, self._say, [self.box, self.session], shown, **waits)
        self.chat.pick(self._pick, [self.session], shown, **waits)
        self.panel.pick(self._pick, [self.session], shown, **waits)
        self.stop.click(self.service.stop, [self.session], None, **at_once)
        self.clear.click(self._clear, [self.session], shown, **at_once)
        self.panel.rate(self._rate, [self.session], [self.panel], **waits)
        self.panel.drop(self._drop, [self.session], [self.panel], **waits)
        self.blocks.load(self._start, None, [self.head, self.chat, self.panel, self.proof], **at_once)

    def _start(self, request: gr.Request) -> dict[Any, Any]:
        """Fill the page in the browser's language."""
        language = self._browser_language(request)
        return {
            self.head: render.head(language),
            self.chat: render.chat((), self.pack, language),
            self.panel: render.panel(State(), None, self.pack, language),
            self.proof: render.proof(None, self.pack, language),
        }

    def _browser_language(self, request: gr.Request) -> Language:
        """Return the first spoken language that the browser asks for."""
        wanted = [
            part.split(";")[0].strip()[:2] for part in request.headers.get("accept-language", "").split(",")
        ]
        spoken = self.pack.schema.languages
        return next((language for language in wanted if language in spoken), spoken[0])

    def _pick(self, session_id: str, event: gr.EventData, request: gr.Request) -> Iterator[dict[Any, Any]]:
        yield from self._say(str(event.say), session_id, request)

    def _say(self, text: str, session_id: str, request: gr.Request) -> Iterator[dict[Any, Any]]:
        """Answer a message, showing each piece of the reply as it comes."""
        if not text.strip():
            yield {self.box: ""}
            return
        session, language = self.service.session(session_id), self._browser_language(request)
        before, turns = [*self._lines(session), render.said(text)], session.state.turn
        start = {self.session: session.id, self.box: "", **_busy(self, True)}
        yield {**start, **self._chat([*before, render.WAITING], language)}
        try:
            for line in self._growing(session, text, language):
                yield self._chat([*before, line], language)
            stopped = session.state.turn == turns
            yield self._after(session, language, {self.box: text} if stopped else {})
        except Exception:
            _LOG.exception("A reply failed.")
            sorry = render.reply(texts(language)["broken"], (), self.pack, language)
            yield {**self._chat([*before, sorry], language), **_busy(self, False)}

    def _after(self, session: Session, language: Language, also: dict[Any, Any]) -> dict[Any, Any]:
        """Return the page as it stands after a reply; a stopped message goes back to the box."""
        idle = _busy(self, False)
        if self.service.sessions.get(session.id) is not session:  # cleared meanwhile
            return idle
        return {
            **idle,
            **also,
            **self._chat(self._lines(session), language),
            **self._views(session, language),
        }

    def _chat(self, lines: list[render.Line], language: Language) -> dict[Any, Any]:
        return {self.chat: render.chat(lines, self.pack, language)}

    def _growing(self, session: Session, text: str, language: Language) -> Iterator[render.Line]:
        """Yield the reply so far each time it has grown."""
        sentences: list[Sentence] = []
        for piece in self.service.say(session.id, text, "" if session.turns else language):
            if isinstance(piece, Sentence):
                sentences.append(piece)
                yield render.reply(*join(sentences), self.pack, session.state.language or language)

    def _lines(self, session: Session) -> list[render.Line]:
        return [line for turn in session.turns for line in self._exchange(turn)]

    def _exchange(self, turn: Turn) -> tuple[render.Line, render.Line]:
        return render.said(turn.user), render.reply(turn.reply, turn.claims, self.pack, turn.language)

    def _views(self, session: Session, fallback: Language) -> dict[Any, Any]:
        """Return the panel (with the latest list) and the proof (of the latest reply) of a session."""
        turn = session.turns[-1] if session.turns else None
        listed = next((turn for turn in reversed(session.turns) if turn.candidates), None)
        language = turn.language if turn else fallback
        panel = render.panel(session.state, listed, self.pack, language)
        return {self.panel: panel, self.proof: render.proof(turn, self.pack, language)}

    def _clear(self, session_id: str, request: gr.Request) -> dict[Any, Any]:
        """Forget the conversation and start anew."""
        self.service.stop(session_id)
        self.service.sessions.delete(session_id)
        start = self._start(request)
        del start[self.head]
        return {self.session: "", self.box: "", **start, **_busy(self, False)}

    def _rate(self, session_id: str, event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        return self._changed(
            session_id, request, lambda: self.service.feedback(session_id, event.item, event.rating)
        )

    def _drop(self, session_id: str, event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        """Take back the wish whose button was pressed."""

        def drop() -> None:
            for wish in self.service.known(session_id).state.constraints:
                if wish_key(wish) == event.wish:
                    self.service.remove_constraint(session_id, wish)

        return self._changed(session_id, request, drop)

    def _changed(self, session_id: str, request: gr.Request, change: Callable[[], object]) -> dict[Any, Any]:
        """Change a session and draw its panel again; say so where the session has expired."""
        language = self._browser_language(request)
        try:
            change()
            return {self.panel: self._views(self.service.known(session_id), language)[self.panel]}
        except UnknownSessionError:
            gr.Info(texts(language)["expired"])
            return {self.panel: gr.update()}


def _busy(page: _Page, busy: bool) -> dict[Any, Any]:
    """Show the stop button while a reply is written, else the send button."""
    return {page.send: gr.update(visible=not busy), page.stop: gr.update(visible=busy)}
