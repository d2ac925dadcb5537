"""Folding: labels and messages are reduced alike."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chatrec.dialogue.folding import fold, key, key_of


@given(st.text(min_size=1).filter(lambda text: not text.isascii()))
def test_a_label_of_another_script_has_the_key_of_the_same_words_in_a_message(label: str) -> None:
    assert key_of(label) == key(fold(label)).text.strip()


@given(
    st.sampled_from(["é", "中", "'", "’", "s", "&", "_", "ß", " ", "-", "²"]),
    st.text("és中'’& _", max_size=6),
)
def test_apostrophes_and_signs_are_reduced_alike(first: str, rest: str) -> None:
    label = f"{first}{rest}é"
    assert key_of(label) == key(fold(label)).text.strip()
