"""The page's colours and type: warm paper, ink, one green accent; fonts of the reader's own system only."""

from __future__ import annotations

from typing import Any

import gradio as gr

SANS = [
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "Roboto",
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "sans-serif",
]
MONO = ["ui-monospace", "SF Mono", "Cascadia Mono", "Menlo", "Consolas", "monospace"]

_PINE = gr.themes.Color(
    "#effaf5",
    "#d8f0e4",
    "#b3e0cb",
    "#84caac",
    "#52ad89",
    "#2f8f6d",
    "#1f7358",
    "#1a5c48",
    "#184a3b",
    "#153d32",
    "#0a221c",
)
_PAPER = gr.themes.Color(
    "#faf9f6",
    "#f3f1ec",
    "#e6e3db",
    "#d2cdc2",
    "#a39d91",
    "#6f695e",
    "#5c574d",
    "#45413a",
    "#2c2a26",
    "#1f1d1a",
    "#161513",
)


def build_theme() -> Any:
    """Return the theme, for light and dark."""
    theme = gr.themes.Base(
        primary_hue=_PINE, secondary_hue=_PINE, neutral_hue=_PAPER, font=SANS, font_mono=MONO
    )
    return theme.set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        body_text_color="*neutral_900",
        body_text_color_dark="#ece9e2",
        body_text_color_subdued="*neutral_500",
        body_text_color_subdued_dark="*neutral_400",
        background_fill_primary="#ffffff",
        background_fill_primary_dark="*neutral_900",
        background_fill_secondary="*neutral_100",
        background_fill_secondary_dark="*neutral_800",
        border_color_primary="*neutral_200",
        border_color_primary_dark="#37342f",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_border_width_dark="0px",
        block_shadow="none",
        input_background_fill="#ffffff",
        input_background_fill_dark="*neutral_900",
        input_border_color="*neutral_300",
        input_border_color_dark="#45413a",
        input_radius="12px",
        button_large_radius="12px",
        button_small_radius="10px",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark="*primary_600",
        button_primary_background_fill_hover_dark="*primary_500",
        button_primary_text_color="#ffffff",
    )
