"""The shapes of a new pack, written from a plan as Turtle that a person can go on with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from chatrec.grounding.importing.bands import BAND_SLOT, band_slot, is_banded
from chatrec.grounding.importing.shapes import full_iri, texts_of
from chatrec.grounding.importing.turtle import quoted
from chatrec.grounding.importing.values import Plan, SlotPlan

_HEAD = """# The schema of the pack {name}, inferred by `chatrec kg import` from {source}. It is yours from now on: another import
# of the same source rewrites the items, never this file. Every property shape is a slot; what each line does is in docs/packs.md.
# Worth a look: the names and questions of both languages, the bounds of the numbers, and the words for an item (chatrec:noun).

@prefix chatrec: <urn:chatrec:vocab:> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix schema: <https://schema.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix pack: <{base}> .

pack: a chatrec:Pack ;
    chatrec:itemClass {item_class} ;
    chatrec:languages ( "en" "zh" ) ;
    chatrec:noun {nouns} ;
    chatrec:weight {weight} .

pack:ItemShape a sh:NodeShape ;
    sh:targetClass {item_class} ;
    sh:property {slots} .
"""
_TAIL = """
# What the values of the entity slots are called.
pack:ConceptShape a sh:NodeShape ;
    sh:targetClass {classes} ;
    sh:property
        [ sh:path skos:prefLabel ; sh:datatype rdf:langString ; sh:minCount 1 ; sh:uniqueLang true ],
        [ sh:path skos:altLabel ; sh:datatype rdf:langString ],
        [ sh:path skos:broader ; sh:nodeKind sh:IRI ] .
"""
_PEOPLE = """
pack:PersonShape a sh:NodeShape ;
    sh:targetClass schema:Person ;
    sh:property
        [ sh:path schema:name ; sh:datatype rdf:langString ; sh:minCount 1 ; sh:uniqueLang true ],
        [ sh:path schema:alternateName ; sh:datatype rdf:langString ] .
"""
_MONEY = {
    "$": ("${value}", "{value}美元"),
    "€": ("€{value}", "{value}欧元"),
    "£": ("£{value}", "{value}英镑"),
    "¥": ("¥{value}", "{value}元"),
    "₹": ("₹{value}", "{value}卢比"),
}
_MONEY_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "$": {"en": ("dollars", "dollar", "usd", "bucks", "$"), "zh": ("美元", "美金", "刀")},
    "€": {"en": ("euros", "euro", "eur", "€"), "zh": ("欧元", "块")},
    "£": {"en": ("pounds", "pound", "gbp", "quid", "£"), "zh": ("英镑", "镑")},
    "¥": {"en": ("yuan", "rmb", "¥"), "zh": ("元", "块钱", "块", "人民币")},
    "₹": {"en": ("rupees", "rupee", "inr", "₹"), "zh": ("卢比",)},
}
_WORKS = ("Movie", "Book", "TVSeries", "MusicRecording", "MusicAlbum", "Article", "VideoGame", "CreativeWork")
_LISTS = ("cue", "unit", "more", "less", "ask")


def shapes_turtle(plan: Plan, name: str, base: str, source: str) -> str:
    """Return the shapes.ttl of a new pack."""
    slots = [part for slot in plan.slots for part in ([slot, band_slot(slot)] if is_banded(slot) else [slot])]
    classes = dict.fromkeys(_term(slot.class_, base) for slot in slots if slot.kind == "entity")
    people = classes.pop("schema:Person", "") is None
    text = _HEAD.format(
        name=name,
        source=source.replace("\n", " "),
        base=base,
        item_class=_term(plan.item_class if ":" in plan.item_class else f"schema:{plan.item_class}", base),
        nouns=", ".join(f"{quoted(word)}@{code}" for code, words in plan.nouns.items() for word in words),
        weight="chatrec:popularity" if plan.weight else "chatrec:weightOfItem",
        slots=", ".join(_term(_own(slot), base) for slot in slots),
    )
    work = plan.item_class in _WORKS
    shapes = (_shape(slot, base, order, work) for order, slot in enumerate(slots, start=1))
    concepts = _TAIL.format(classes=", ".join(classes)) if classes else ""
    return "".join([text, *shapes, concepts, _PEOPLE if people else ""])


def _own(slot: SlotPlan) -> str:
    return f"slot-{slot.name}"


def _term(name: str, base: str) -> str:
    """Write a name as Turtle: with its prefix where it has one; a bare name is one of the pack's own."""
    if name.startswith(("schema:", "chatrec:")) and name.partition(":")[2].isalnum():
        return name
    return f"pack:{name}" if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", name) else f"<{full_iri(name, base)}>"


def _shape(slot: SlotPlan, base: str, order: int, work: bool) -> str:
    path = slot.path or slot.name
    subject = f"\n{_term(_own(slot), base)}"
    first = (
        f"{subject}\n    sh:path {_term(path, base)} ; sh:order {order} ; chatrec:slot {quoted(slot.name)}"
    )
    return " ;\n    ".join([first, *_constraints(slot, base), *_annotations(slot, work)]) + " .\n"


def _constraints(slot: SlotPlan, base: str) -> Iterator[str]:
    if slot.kind == "name":
        yield "sh:datatype rdf:langString ; sh:minCount 1 ; sh:uniqueLang true"
    elif slot.kind == "entity":
        yield f"sh:class {_term(slot.class_ or slot.name.capitalize(), base)}"
    elif slot.kind == "number":
        bounds = [
            f"sh:minInclusive {slot.low}" if slot.low else "",
            f"sh:maxInclusive {slot.high}" if slot.high else "",
        ]
        datatype = "xsd:integer" if slot.integer else "xsd:decimal"
        yield " ; ".join(part for part in (f"sh:datatype {datatype}", "sh:maxCount 1", *bounds) if part)
    else:
        yield (
            "sh:datatype rdf:langString ; sh:uniqueLang true"
            if slot.kind == "text"
            else "sh:datatype xsd:string"
        )


def _annotations(slot: SlotPlan, work: bool) -> Iterator[str]:
    """Yield the annotations of a slot; the titles of a work have marks around them where its language has such."""
    english, chinese = texts_of(slot.texts, "en", "zh"), texts_of(slot.texts, "zh", "en")
    yield f"sh:name {_both(english['label'] or slot.name, chinese['label'] or slot.name)}"
    if slot.links:
        yield f"chatrec:links {float(slot.links)}"
    if slot.name == BAND_SLOT:
        yield "chatrec:broader true"
    form = "title" if work and slot.kind == "name" else "value"
    named = (("question", "question"), ("valueForm", form), ("phrase", "phrase"), ("sentence", "sentence"))
    for property_, name in named:
        if pair := _pair(slot, name, english, chinese):
            yield f"chatrec:{property_} {_both(*pair)}"
    for kind in _LISTS:
        if words := _words(slot, kind):
            yield f"chatrec:{kind} {', '.join(words)}"
    yield from (f"chatrec:{mark} true" for mark in slot.marks)


def _words(slot: SlotPlan, kind: str) -> list[str]:
    """Return the words of an annotation in all languages; what a price is counted in are the words of its currency."""
    given = {code: texts.get(kind, ()) for code, texts in slot.texts.items()}
    if kind == "unit" and slot.money in _MONEY_WORDS:
        given = _MONEY_WORDS[slot.money]
    return [f"{quoted(word)}@{code}" for code, words in given.items() for word in words]


def _pair(slot: SlotPlan, name: str, english: Any, chinese: Any) -> tuple[str, str] | None:
    """Return an annotation in both languages; a sentence is made where none is given."""
    if name == "value" and slot.money in _MONEY:
        return _MONEY[slot.money]
    if name in english and name in chinese:
        return english[name], chinese[name]
    if name != "sentence" or slot.kind == "name":
        return None
    if slot.kind == "text":
        return "{value}", "{value}"
    return (
        f"Its {english['label'] or slot.name} is {{value}}.",
        f"{chinese['label'] or slot.name}是{{value}}。",
    )


def _both(english: str, chinese: str) -> str:
    return f"{quoted(english)}@en, {quoted(chinese)}@zh"
