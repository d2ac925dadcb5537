"""The verbaliser: plain, true sentences without a language model, from the shapes and a few fixed texts.

It answers when the model is switched off, missing, too slow or fails, and where no replies are written for an action.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import lru_cache

from chatrec.config import prompts_dir
from chatrec.dialogue.values import Language, Sentence, Triple
from chatrec.generation.plan import Plan
from chatrec.generation.surface import render
from chatrec.generation.templates import LETTERS, LIST_ACTIONS, Template, parse, read_sections
from chatrec.generation.wording import Literal, wording


@lru_cache
def plain_texts(language: Language) -> dict[str, tuple[Template, ...]]:
    """Return the fixed texts of a language by section."""
    return dict(read_sections(prompts_dir() / language / "plain.txt", language))


def verbalise(plan: Plan) -> Iterator[Sentence]:
    """Say what the plan says, plainly. Yields at least one sentence."""
    gap = wording(plan.language)["between_sentences"]
    for i, template in enumerate(_templates(plan)):
        parts = (gap + template.parts[0], *template.parts[1:]) if i else template.parts
        yield render(parts, plan.licence, plan.language, first=not i)


def complete(plan: Plan, stated: Collection[Triple]) -> Iterator[Sentence]:
    """Say what a reply that broke off has left out: items of a list, the fact asked for, titles near an unknown one."""
    if plan.section == "unknown":
        yield from _nearest(plan, stated)
        return
    gap = wording(plan.language)["between_sentences"]
    for form in _left_out(plan, stated):
        yield render((gap + form.parts[0], *form.parts[1:]), plan.licence, plan.language, first=False)


def _left_out(plan: Plan, stated: Collection[Triple]) -> Iterator[Template]:
    if plan.section.startswith("answer."):
        answer = _shape_sentence(plan, "A", plan.slot)
        if answer and not _named(plan.licence[f"A.{plan.slot}"], stated):
            yield answer
        return
    letters = LETTERS[: plan.items if plan.section.startswith(LIST_ACTIONS) else 0]
    missing = [letter for letter in letters if not _named(plan.licence[f"{letter}.title"], stated)]
    whole = _first(plan, f"recommend {len(letters)}") if len(missing) == len(letters) > 0 else None
    if whole:
        yield whole
        return
    (form,) = plain_texts(plan.language)["more"]
    for letter in missing:
        yield replace(form, parts=(form.parts[0], f"{letter}.title", *form.parts[2:]))


def _named(literal: Literal, stated: Collection[Triple]) -> bool:
    """Tell whether something that a literal states was said; of a literal that states nothing there is nothing to say."""
    triples = [part.triple for part in literal.parts if part.triple]
    return not triples or any(triple in stated for triple in triples)


def _nearest(plan: Plan, stated: Collection[Triple]) -> Iterator[Sentence]:
    """Name the titles near an unknown one that the reply has not named."""
    titles = [plan.licence[f"{letter}.title"] for letter in LETTERS[: plan.items]]
    rest = [title for title in titles if not _named(title, stated)]
    gap = wording(plan.language)["between_sentences"]
    for form in plain_texts(plan.language).get(f"near {len(rest)}", ())[:1]:
        named = {f"near{i}": title for i, title in enumerate(rest)}
        yield render((gap + form.parts[0], *form.parts[1:]), named, plan.language, first=False)


def closing(plan: Plan) -> Iterator[Sentence]:
    """Say which wishes could be dropped and how many items then fit, and ask the question that comes with the list."""
    gap = wording(plan.language)["between_sentences"]
    kind = "options" if plan.section.startswith("relax") else "left"
    texts = plain_texts(plan.language).get(f"{kind} {len(plan.options) // 2}", ())
    names = [f"{kind}{i}" for i in range(len(plan.options) // 2) for kind in ("drop", "count")]
    for form in texts[:1]:
        named = dict(zip(names, plan.options, strict=True))
        known = {**plan.licence, **named}
        yield render((gap + form.parts[0], *form.parts[1:]), known, plan.language, first=False)
    question = plan.schema.slot(plan.question).question.get(plan.language) if plan.question else None
    if question and plan.items:
        yield Sentence(gap + question)


def notice(plan: Plan) -> Sentence | None:
    """Return the fixed text that says which languages are spoken, where the message was in another one."""
    found = plain_texts(plan.language).get("notice", ()) if plan.notice else ()
    return render(found[0].parts, plan.licence, plan.language) if found else None


def _templates(plan: Plan) -> Iterator[Template]:
    """Yield the texts of a plan: the first fixed text that the licence allows, or the sentences of the shapes."""
    opening = _first(plan, plan.section)
    if opening is None and (sentence := _shape_sentence(plan, "A", plan.slot)):
        yield sentence
        return
    if opening is None and plan.section.startswith("ask") and plan.slot:
        question = plan.schema.slot(plan.slot).question.get(plan.language)
        opening = parse(question, plan.section, plan.language) if question else None
    yield opening or _first(plan, "unclear") or parse("…")
    if plan.section.startswith(("recommend 1", "relax 1")):
        yield from _about(plan, "A")


def _first(plan: Plan, section: str) -> Template | None:
    texts = plain_texts(plan.language)
    options = texts.get(section, ()) or texts.get(section.split()[0].split(".")[0], ())
    return next((text for text in options if set(text.pointers) <= set(plan.licence)), None)


def _shape_sentence(plan: Plan, letter: str, slot: str | None) -> Template | None:
    """Return a slot's sentence as its shape writes it, with the pointer of an item in it."""
    pointer = f"{letter}.{slot}"
    if slot is None or pointer not in plan.licence or letter not in LETTERS:
        return None
    form = plan.schema.slot(slot).sentence.get(plan.language)
    return parse(form.replace("{value}", f"<{pointer}>"), plan.section, plan.language) if form else None


def _about(plan: Plan, letter: str) -> Iterator[Template]:
    """Yield two sentences about an item, in the order of the slots."""
    slots = [slot.name for slot in plan.schema.slots if slot.kind == "entity"]
    sentences = (_shape_sentence(plan, letter, slot) for slot in slots)
    yield from [sentence for sentence in sentences if sentence][:2]
