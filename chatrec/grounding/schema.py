"""From the graph to values: the slots that the shapes define, the labels that users type, the facts of items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from rdflib import URIRef
from rdflib.namespace import RDF, XSD
from rdflib.term import Node

from chatrec.dialogue.slots import Schema, Slot, SlotKind
from chatrec.dialogue.values import Entry, Fact, Item, Triple
from chatrec.errors import PackError
from chatrec.grounding.graph import Graph, Row, TextRow, render_query
from chatrec.grounding.phrases import with_phrases
from chatrec.grounding.ranges import with_ranges
from chatrec.grounding.urgent import read_urgent

VOCABULARY = "urn:chatrec:vocab:"
_SH = "http://www.w3.org/ns/shacl#"
_NAME_PATHS = ("https://schema.org/name", "http://www.w3.org/2000/01/rdf-schema#label")
_TEXTS = {
    f"{_SH}name": "labels",
    f"{VOCABULARY}question": "question",
    f"{VOCABULARY}sentence": "sentence",
    f"{VOCABULARY}valueForm": "value_form",
    f"{VOCABULARY}phrase": "phrase",
}

_WORDS = {f"{VOCABULARY}{name}" for name in ("unit", "more", "less", "low", "high", "ask", "plain", "same")}


def weight_path(graph: Graph) -> URIRef:
    """Return the property that says how well known an item is."""
    found = next((row["weight"] for row in _pack_rows(graph) if "weight" in row), f"{VOCABULARY}weight")
    return URIRef(str(found))


def _pack_rows(graph: Graph) -> list[Row]:
    rows = graph.select(render_query("pack"))
    if not rows:
        raise PackError(
            "The pack has no node of the class chatrec:Pack.",
            "shapes.ttl needs one, with chatrec:itemClass, chatrec:languages and chatrec:noun.",
        )
    return rows


def read_schema(graph: Graph, name: str) -> Schema:
    """Read the schema that the shapes define. Raises PackError where a needed statement is missing."""
    rows = _pack_rows(graph)
    languages = tuple(str(row["language"]) for row in graph.select(render_query("languages")))
    if "item_class" not in rows[0] or not languages:
        raise PackError(
            "chatrec:Pack lacks chatrec:itemClass or chatrec:languages.", "Add both in shapes.ttl."
        )
    nouns: dict[str, list[str]] = defaultdict(list)
    for noun in dict.fromkeys(row["noun"] for row in rows if "noun" in row):
        nouns[str(getattr(noun, "language", None) or "en")].append(str(noun))
    return Schema(
        pack=name,
        item_class=str(rows[0]["item_class"]),
        languages=languages,
        slots=with_phrases(graph, with_ranges(graph, _read_slots(graph))),
        private=any(str(row.get("private", "false")) == "true" for row in rows),
        topics=tuple(sorted({str(row["topic"]).lower() for row in graph.select(render_query("topics"))})),
        urgent=read_urgent(graph),
        nouns={language: tuple(sorted(words, key=len, reverse=True)) for language, words in nouns.items()},
    )


def _read_slots(graph: Graph) -> tuple[Slot, ...]:
    rows: dict[str, dict[str, Any]] = {}
    for row in graph.select(render_query("slots")):
        slot = rows.setdefault(
            str(row["slot"]),
            {"row": row, "texts": defaultdict(dict), "cues": defaultdict(list), "words": defaultdict(list)},
        )
        if (property_ := row.get("property")) is None:
            continue
        text = row["text"]
        language = str(getattr(text, "language", None) or "en")
        if str(property_) in _WORDS:
            slot["words"][str(property_).removeprefix(VOCABULARY)].append(str(text))
        elif str(property_) == f"{VOCABULARY}cue":
            slot["cues"][language].append(str(text))
        else:
            slot["texts"][_TEXTS[str(property_)]][language] = str(text)
    for name, codes in _read_code_order(graph).items():
        rows[name]["words"]["codes"] = codes
    slots = tuple(_slot(name, parts) for name, parts in rows.items())
    if sum(slot.kind == "name" for slot in slots) != 1:
        raise PackError(
            "A pack needs exactly one slot that names its items.",
            "Give one property shape the path schema:name.",
        )
    return slots


def _read_code_order(graph: Graph) -> dict[str, list[str]]:
    """Return the codes of the slots that have a closed list, from low to high as the list has them."""
    found: dict[str, list[str]] = defaultdict(list)
    rows = graph.select(render_query("code_order"))
    for row in sorted(rows, key=lambda row: int(str(row["place"]))):
        found[str(row["slot"])].append(str(row["code"]))
    return found


def _slot(name: str, parts: Mapping[str, Any]) -> Slot:
    row = parts["row"]
    return Slot(
        name=name,
        path=str(row["path"]),
        kind=_kind(row),
        value_class=str(row.get("class", "")),
        cues={
            language: tuple(sorted(words, key=len, reverse=True)) for language, words in parts["cues"].items()
        },
        links=float(str(row.get("links", 0))),
        broader=str(row.get("broader", "false")) == "true",
        rare_first=str(row.get("rareFirst", "false")) == "true",
        order=int(str(row.get("order", 0))),
        words={kind: tuple(words) for kind, words in parts["words"].items()},
        fresh=str(row.get("startsAnew", "false")) == "true",
        bare=str(row.get("bare", "false")) == "true",
        brief=str(row.get("brief", "false")) == "true",
        **parts["texts"],
    )


def _kind(row: Mapping[str, Node]) -> SlotKind:
    if str(row["path"]) in _NAME_PATHS:
        return "name"
    if "class" in row:
        return "entity"
    if row.get("datatype") in (XSD.integer, XSD.decimal, XSD.double):
        return "number"
    return "text" if row.get("datatype") == RDF.langString else "code"


def read_weights(graph: Graph, schema: Schema, weight: URIRef) -> dict[str, float]:
    """Say how well known each node is: an item by its own weight, a value by the sum over the items that have it."""
    items = graph.select(render_query("weights", weight=weight))
    known = {str(row["item"]): float(str(row["weight"])) for row in items}
    total: dict[str, float] = defaultdict(float, known)
    for slot in schema.slots:
        if slot.kind == "entity":
            for row in graph.select(_value_weights(schema, slot, weight)):
                total[str(row["value"])] += float(str(row["known"]))
    return dict(total)


def _value_weights(schema: Schema, slot: Slot, weight: URIRef) -> str:
    return render_query(
        "value_weights", item_class=URIRef(schema.item_class), path=URIRef(slot.path), weight_path=weight
    )


def read_broader(graph: Graph) -> dict[str, set[str]]:
    """Return all concepts that are broader than each concept, however far."""
    above: dict[str, set[str]] = defaultdict(set)
    for row in graph.select(render_query("broader")):
        above[str(row["concept"])].add(str(row["broader"]))

    def reached(concept: str) -> set[str]:
        found: set[str] = set()
        ahead = [concept]
        while ahead:
            new = above.get(ahead.pop(), set()) - found
            found |= new
            ahead += new
        return found

    return {concept: reached(concept) for concept in above}


def read_entries(graph: Graph, schema: Schema, weights: Mapping[str, float]) -> tuple[Entry, ...]:
    """Read every label of an item or of a slot's value, and every code, as entries of the gazetteer."""
    by_path = {slot.path: slot.name for slot in schema.slots}
    slots: dict[str, set[str]] = defaultdict(set)
    labels: dict[str, dict[tuple[str, str], bool]] = defaultdict(dict)
    for row in _label_rows(graph, schema):
        (node, _), (text, language) = row["node"], row["label"]
        slots[node].add(by_path[row["path"][0]])
        key = text, language or "en"
        labels[node][key] = labels[node].get(key, False) or row["preferred"][0] == "1"
    entries, uses = [], _uses(graph, schema)
    earlier = {str(row["later"]): str(row["earlier"]) for row in graph.select(render_query("follows"))}
    for node, found in labels.items():
        places = _places(schema, slots[node], uses.get(node, {}))
        known, value = weights.get(node, 0.0), _english_label(found)
        entries += [
            Entry(text, code, node, places, value, known, first, earlier.get(node, ""))
            for (text, code), first in found.items()
        ]
    return (*entries, *_codes(graph, schema, by_path))


def _places(schema: Schema, names: Iterable[str], uses: Mapping[str, int]) -> tuple[str, ...]:
    """Return slots in the order of the shapes; of several that people fill, first what they are known for.

    That is what most items have them as; what is never asked for (writers) counts half.
    """
    slots = sorted((schema.slot(name) for name in names), key=lambda slot: slot.order)
    if len(slots) > 1 and all(slot.name in uses for slot in slots):
        known = {slot.name: uses[slot.name] * (2 if slot.question else 1) for slot in slots}
        tied = 1 if len(slots) > 2 else -1  # who writes as well is rather a director than an actor
        slots = sorted(slots, key=lambda slot: (-known[slot.name], tied * slot.order))
    return tuple(slot.name for slot in slots)


def _uses(graph: Graph, schema: Schema) -> dict[str, dict[str, int]]:
    """Return how many items have each node, by slot."""
    by_path = {slot.path: slot.name for slot in schema.slots}
    paths = [URIRef(slot.path) for slot in schema.slots if slot.kind == "entity"]
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in graph.select(render_query("uses", paths=paths)) if paths else ():
        found[str(row["node"])][by_path[str(row["path"])]] = int(str(row["uses"]))
    return found


def _label_rows(graph: Graph, schema: Schema) -> list[TextRow]:
    query = render_query(
        "labels",
        item_class=URIRef(schema.item_class),
        name_path=URIRef(schema.name_slot.path),
        slots=[
            (URIRef(slot.path), URIRef(slot.value_class)) for slot in schema.slots if slot.kind == "entity"
        ],
    )
    return _in_order(graph.texts(query))


def _in_order(rows: list[TextRow]) -> list[TextRow]:
    """Sort rows, so that they come the same whatever the store; numbers and texts are compared as written."""
    return sorted(rows, key=lambda row: tuple(row.values()))


def _english_label(labels: Mapping[tuple[str, str], bool]) -> str:
    """Return the preferred English label, or any label where there is none."""
    return next(
        (text for (text, code), first in labels.items() if first and code == "en"), next(iter(labels))[0]
    )


def _codes(graph: Graph, schema: Schema, by_path: Mapping[str, str]) -> list[Entry]:
    paths = [URIRef(slot.path) for slot in schema.slots if slot.kind == "code"]
    if not paths:
        return []
    query = render_query("codes", item_class=URIRef(schema.item_class), paths=paths)
    rows = _in_order(graph.texts(query))
    return [
        Entry(row["code"][0], language, "", (by_path[row["path"][0]],), row["code"][0])
        for row in rows
        for language in schema.languages
    ]


def read_items(
    graph: Graph, schema: Schema, weights: Mapping[str, float], iris: tuple[str, ...]
) -> tuple[Item, ...]:
    """Read all facts of some items, in the order given; unknown ones are left out.

    Of several values of a slot the best known comes first, or the rarest where the slot says so.
    """
    wanted = tuple(dict.fromkeys(iris))
    if not wanted:
        return ()
    paths = [URIRef(slot.path) for slot in schema.slots]
    rows = graph.select(render_query("facts", items=[URIRef(iri) for iri in wanted], paths=paths))
    labels: dict[str, dict[Triple, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        node = row.get("label") or row["object"]
        triple = str(row["item"]), str(row["path"]), str(row["object"])
        labels[triple[0]][triple][getattr(node, "language", None) or ""] = str(node)
    return tuple(_item(iri, schema, labels[iri], weights) for iri in wanted if iri in labels)


def _item(
    iri: str, schema: Schema, labels: Mapping[Triple, Mapping[str, str]], weights: Mapping[str, float]
) -> Item:
    facts = {}
    for slot in schema.slots:
        sign = 1 if slot.rare_first else -1
        found = [Fact(t, slot.name, names) for t, names in labels.items() if t[1] == slot.path]
        found.sort(key=lambda fact: (sign * weights.get(fact.triple[2], 0.0), fact.triple[2]))
        if found:
            facts[slot.name] = tuple(found)
    return Item(iri, facts)
