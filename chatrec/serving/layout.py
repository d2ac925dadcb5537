"""The components of the page and where they stand."""

from __future__ import annotations

from typing import Any

import gradio as gr

from chatrec.serving.browser import NOTHING_KEPT
from chatrec.serving.templates import script

Changes = dict[Any, Any]
"""New values by component."""


class Layout:
    """The components, made within an open `gr.Blocks` by `lay_out`."""

    def lay_out(self) -> None:
        """Make the components."""
        html: Changes = {"js_on_load": script("part.js"), "apply_default_css": False}
        # The key is no secret: what it hides is this browser's own. A fixed one outlives a restart of the server.
        self.kept = gr.BrowserState(NOTHING_KEPT, storage_key="chatrec", secret="chatrec")
        self.file = gr.JSON(visible=False)
        self.head = gr.HTML(elem_id="head", **html)
        with gr.Row(elem_id="main"):
            with gr.Column(elem_id="talk", scale=6, min_width=320):
                self.chat = gr.HTML(elem_id="chat", **html)
                self._lay_out_composer()
            with gr.Column(elem_id="side", scale=5, min_width=320):
                self.panel = gr.HTML(elem_id="panel", **html)
                with gr.Accordion(gr.I18n()("proof"), open=False, elem_id="proof") as self.fold:
                    self.proof = gr.HTML(apply_default_css=False)

    def _lay_out_composer(self) -> None:
        words = gr.I18n()
        button: Changes = {"scale": 0, "min_width": 0}
        with gr.Row(elem_id="composer"):
            self.box = gr.Textbox(
                placeholder=words("placeholder"),
                label=words("placeholder"),
                show_label=False,
                container=False,
                max_lines=6,
                autofocus=True,
            )
            self.send = gr.Button(words("send"), elem_id="send", variant="primary", **button)
            self.stop = gr.Button(words("stop"), elem_id="stop", visible=False, **button)
