"""The chat page: a conversation beside what was understood, what is recommended, and the proof of it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace

import gradio as gr
from fastapi import FastAPI

from chatrec.dialogue.values import Sentence
from chatrec.generation.reply import join
from chatrec.serving import render
from chatrec.serving.browser import NOTHING_KEPT, Browser, read_browser
from chatrec.serving.cards import wish_key
from chatrec.serving.layout import Changes, Layout
from chatrec.serving.memory import Session, UnknownSessionError
from chatrec.serving.packs import Packs
from chatrec.serving.privacy import privacy_note
from chatrec.serving.session import Service
from chatrec.serving.templates import PAGE, script
from chatrec.serving.texts import check_page, placeholder, texts
from chatrec.serving.theme import build_theme
from chatrec.serving.view import exported, lines, panel_and_proof
from chatrec.serving.waiting import Waiting

_LOG = logging.getLogger(__name__)
_AT_ONCE = 32
"""How many browsers may wait for a reply at the same time; the rest queue in Gradio."""


def mount_page(app: FastAPI, packs: Packs) -> None:
    """Mount the page at `/`."""
    for service in packs:
        check_page(service.pack)
    translations = {language: dict(texts(language)) for language in packs.languages}
    gr.mount_gradio_app(
        app,
        build_page(packs),
        path="/",
        theme=build_theme(),
        css_paths=[PAGE / "page.css", PAGE / "panel.css"],
        head=f"<script>{script('page.js')}</script>",
        i18n=gr.I18n(**translations),
        footer_links=[],
        run_history=False,
        show_error=False,
        favicon_path=str(PAGE / "icon.png"),
    )


def build_page(packs: Packs) -> gr.Blocks:
    """Lay out the page and connect it with the services."""
    return _Page(packs).blocks


class _Page(Layout):
    """What happens when the page's components are used. A service keeps the conversation."""

    def __init__(self, packs: Packs) -> None:
        self.packs = packs
        with gr.Blocks(title="chatrec", analytics_enabled=False, fill_height=True) as self.blocks:
            self.lay_out()
            self._connect()

    def _connect(self) -> None:
        private: Changes = {"api_visibility": "private", "show_progress": "hidden"}
        waits: Changes = {**private, "concurrency_limit": _AT_ONCE}
        at_once: Changes = {**private, "queue": False}
        shown = [self.kept, self.box, self.chat, self.panel, self.proof, self.send, self.stop]
        all_of_it = [*shown, self.head, self.fold]
        kept = [self.kept]
        gr.on([self.box.submit, self.send.click], self._say, [self.box, self.kept], shown, **waits)
        for part in (self.chat, self.panel):
            part.pick(self._pick, kept, shown, **waits)
        self.chat.retry(self._retry, kept, shown, **waits)
        self.chat.edit(self._edit, kept, shown, **waits)
        self.panel.rate(self._rate, kept, [self.panel], **waits)
        self.panel.drop(self._drop, kept, [self.panel], **waits)
        self.panel.vary(self._vary, kept, [self.kept, self.panel], **waits)
        self.stop.click(self._stop, kept, None, **at_once)
        self.head.fresh(self._fresh, kept, shown, **at_once)
        self.head.forget(self._forget, kept, all_of_it, **waits)
        self.head.speak(self._speak, kept, all_of_it, **at_once)
        self.head.remember(self._remember, kept, all_of_it, **waits)
        self.head.turn(self._turn, kept, all_of_it, **at_once)
        self.head.export(self._export, kept, self.file, **waits).success(
            None, self.file, None, js=script("save.js")
        )
        self.blocks.load(self._start, kept, all_of_it, **at_once)

    def _browser(self, kept: object, request: gr.Request) -> Browser:
        return read_browser(kept, request, self.packs.languages, self.packs.names)

    def _served(self, browser: Browser) -> Service:
        return self.packs.named(browser.pack)

    def _start(self, kept: object, request: gr.Request) -> Changes:
        """Fill the page: with the conversation that the browser remembers, if it is still known here."""
        browser = self._browser(kept, request)
        asked = str(request.query_params.get("pack") or "")
        if asked in self.packs.names and asked != browser.pack:
            browser = self._browser(browser.turned(asked), request)
        return {**self._interface(browser), **self._conversation(browser)}

    def _interface(self, browser: Browser) -> Changes:
        """Return what stays the same during a conversation, in the browser's language."""
        service, packs = self._served(browser), [service.pack for service in self.packs]
        words, box = texts(browser.language), placeholder(service.pack, browser.language)
        stored = service.store is not None
        note, remembered = privacy_note(browser.language, stored), bool(browser.user) if stored else None
        return {
            self.head: render.head(browser, self.packs.languages, note, remembered, packs),
            self.box: gr.update(placeholder=box, label=box),
            self.send: gr.update(value=words["send"]),
            self.stop: gr.update(value=words["stop"]),
            self.fold: gr.update(label=words["proof"]),
        }

    def _conversation(self, browser: Browser) -> Changes:
        """Return what a conversation has come to; an unknown one has not begun."""
        session = self._served(browser).sessions.get(browser.session) or Session("")
        return {
            self.kept: browser.kept(session.id),
            **self._chat(lines(session, self._served(browser).pack), browser, settled=True),
            **self._views(session, browser),
        }

    def _pick(self, kept: object, event: gr.EventData, request: gr.Request) -> Iterator[Changes]:
        yield from self._say(str(event.say), kept, request)

    def _retry(self, kept: object, request: gr.Request) -> Iterator[Changes]:
        """Write the last reply anew."""
        yield from self._say(self._take_back(kept, request), kept, request)

    def _edit(self, kept: object, request: gr.Request) -> Changes:
        """Put the last message back into the box, as if it had not been said."""
        message = self._take_back(kept, request)
        return {**self._conversation(self._browser(kept, request)), self.box: message}

    def _take_back(self, kept: object, request: gr.Request) -> str:
        browser = self._browser(kept, request)
        try:
            return self._served(browser).take_back(browser.session)
        except UnknownSessionError:
            gr.Info(texts(browser.language)["expired"])
            return ""

    def _say(self, text: str, kept: object, request: gr.Request) -> Iterator[Changes]:
        """Answer a message, showing each piece of the reply as it comes."""
        if not text.strip():
            yield {self.box: ""}
            return
        browser = self._browser(kept, request)
        service = self._served(browser)
        session = service.session(browser.session)
        before, turns = [*lines(session, service.pack), render.said(text)], session.state.turn
        start = {self.kept: browser.kept(session.id), self.box: "", **self._busy(True)}
        yield {**start, **self._chat([*before, render.waiting()], browser)}
        try:
            for line in self._growing(service, session, text, browser):
                yield self._chat([*before, line], browser)
            stopped = session.state.turn == turns
            yield self._after(session, browser, {self.box: text} if stopped else {})
        except Exception:
            _LOG.exception("A reply failed.")
            sorry = render.broken(text, browser.language)
            yield {**self._chat([*before, sorry], browser, settled=True), **self._busy(False)}

    def _growing(
        self, service: Service, session: Session, text: str, browser: Browser
    ) -> Iterator[render.Line]:
        """Yield the place in the line each time it changes, then the reply so far each time it has grown."""
        sentences: list[Sentence] = []
        language = browser.language
        for piece in service.say(session.id, text, "" if session.turns else language, browser.user):
            if isinstance(piece, Waiting):
                yield render.waiting(piece.ahead)
            elif isinstance(piece, Sentence):
                sentences.append(piece)
                yield render.reply(*join(sentences), service.pack, session.state.language or language)

    def _after(self, session: Session, browser: Browser, also: Changes) -> Changes:
        """Return the page as it stands after a reply; a stopped message goes back to the box."""
        idle = self._busy(False)
        service = self._served(browser)
        if service.sessions.get(session.id) is not session:  # forgotten meanwhile
            return idle
        chat = self._chat(lines(session, service.pack), browser, settled=True)
        return {**idle, **also, **chat, **self._views(session, browser)}

    def _busy(self, busy: bool) -> Changes:
        """Show the stop button while a reply is written, else the send button."""
        return {self.send: gr.update(visible=not busy), self.stop: gr.update(visible=busy)}

    def _chat(self, said: list[render.Line], browser: Browser, settled: bool = False) -> Changes:
        return {self.chat: render.chat(said, self._served(browser).pack, browser.language, settled)}

    def _views(self, session: Session, browser: Browser) -> Changes:
        panel, proof = panel_and_proof(session, browser, self._served(browser).pack)
        return {self.panel: panel, self.proof: proof}

    def _stop(self, kept: object, request: gr.Request) -> None:
        browser = self._browser(kept, request)
        self._served(browser).stop(browser.session)

    def _speak(self, kept: object, event: gr.EventData, request: gr.Request) -> Changes:
        """Change the language of the page, for good."""
        chosen = {**NOTHING_KEPT, **(kept if isinstance(kept, dict) else {}), "language": event.language}
        browser = self._browser(chosen, request)
        return {**self._interface(browser), **self._conversation(browser)}

    def _turn(self, kept: object, event: gr.EventData, request: gr.Request) -> Changes:
        """Turn to another pack, where the conversation goes on as it was left."""
        browser = self._browser(kept, request)
        if event.pack in self.packs.names and event.pack != browser.pack:
            self._served(browser).stop(browser.session)
            browser = self._browser(browser.turned(event.pack), request)
        return {**self._interface(browser), **self._conversation(browser), **self._busy(False)}

    def _fresh(self, kept: object, request: gr.Request) -> Changes:
        """Start anew; the conversation so far is erased unless its user agreed to be remembered."""
        browser = self._browser(kept, request)
        service = self._served(browser)
        service.stop(browser.session)
        if not browser.user:
            service.sessions.delete(browser.session)
        return {**self._conversation(replace(browser, session="")), self.box: "", **self._busy(False)}

    def _remember(self, kept: object, request: gr.Request) -> Changes:
        """Let what was rated outlive the conversation from now on, or forget it."""
        browser = self._browser(kept, request)
        user = "" if browser.user else secrets.token_urlsafe(16)
        if user:
            self.packs.remember(browser.sessions, user)
        else:
            self.packs.withdraw(browser.sessions, browser.user)
        gr.Info(texts(browser.language)["remembering" if user else "not_remembering"])
        switched = replace(browser, user=user)
        return {**self._interface(switched), **self._conversation(switched)}

    def _forget(self, kept: object, request: gr.Request) -> Changes:
        """Erase all that is known of this person, here and in the browser."""
        browser = self._browser(kept, request)
        self.packs.forget(browser.sessions, browser.user)
        gr.Info(texts(browser.language)["forgotten"])
        return {**self._start(NOTHING_KEPT, request), **self._busy(False)}

    def _export(self, kept: object, event: gr.EventData, request: gr.Request) -> dict[str, str] | None:
        """Return the conversation as a file (its name and text): as JSON, or as a dialogue script."""
        browser = self._browser(kept, request)
        pack, session = self._served(browser).pack, self._served(browser).sessions.get(browser.session)
        if session is None or not session.turns:
            gr.Info(texts(browser.language)["nothing_to_export"])
            return None
        return exported(session, pack, str(event.form))

    def _rate(self, kept: object, event: gr.EventData, request: gr.Request) -> Changes:
        browser = self._browser(kept, request)
        service, rated = self._served(browser), (str(event.item), str(event.rating))
        return self._changed(browser, lambda: service.feedback(browser.session, *rated))

    def _drop(self, kept: object, event: gr.EventData, request: gr.Request) -> Changes:
        """Take back the wish whose button was pressed."""
        browser = self._browser(kept, request)

        def drop() -> None:
            service = self._served(browser)
            for wish in service.known(browser.session).state.constraints:
                if wish_key(wish) == event.wish:
                    service.remove_constraint(browser.session, wish)

        return self._changed(browser, drop)

    def _vary(self, kept: object, event: gr.EventData, request: gr.Request) -> Changes:
        """Let the next lists be as varied as was chosen; a conversation that has not begun begins so."""
        browser = self._browser(kept, request)
        session = self._served(browser).vary(browser.session, float(event.diversity))
        return {self.kept: browser.kept(session.id), self.panel: self._views(session, browser)[self.panel]}

    def _changed(self, browser: Browser, change: Callable[[], object]) -> Changes:
        """Change a session and draw its panel again; say so where the session has expired."""
        try:
            change()
            return {
                self.panel: self._views(self._served(browser).known(browser.session), browser)[self.panel]
            }
        except UnknownSessionError:
            gr.Info(texts(browser.language)["expired"])
            return {self.panel: gr.update()}
