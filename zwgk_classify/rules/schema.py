"""What a list file may say, as typed values (清单文件的语言).

Files are YAML; every text value is a string, unknown keys are errors. A rule says *here*
(``find``), in what company (``with``), not when (``without``), and in what kind of document
(``when``). Guards say *not this one, because* and limit only the hit they touch.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from zwgk_classify.domain import Attribute, Effect


def _as_date(value: object) -> object:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def _as_attribute(value: object) -> object:
    return Attribute(value) if isinstance(value, str) else value


def _as_effect(value: object) -> object:
    return Effect(value) if isinstance(value, str) else value


Date = Annotated[dt.date, BeforeValidator(_as_date)]
AttributeName = Annotated[Attribute, BeforeValidator(_as_attribute)]
EffectName = Annotated[Effect, BeforeValidator(_as_effect)]
Within = Literal["sentence", "paragraph", "document"] | Annotated[int, Field(ge=1, le=500)]
Identifier = Literal["resident_id", "mobile", "bank_card", "passport", "plate", "email"]
Zone = Literal["head", "title", "addressee", "body", "signature", "note", "imprint", "attachment"]
Term = Annotated[str, Field(min_length=2, max_length=60)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Vocabulary(_Strict):
    """Words, patterns, named concepts or identifiers, any one of which counts."""

    terms: tuple[Term, ...] = Field(default=(), strict=False, description="词语，至少两个字")
    patterns: tuple[str, ...] = Field(default=(), strict=False, description="RE2 正则")
    concepts: tuple[str, ...] = Field(
        default=(), strict=False, description="concepts.yaml 中的概念"
    )
    identifiers: tuple[Identifier, ...] = Field(default=(), strict=False, description="证件号码")
    not_in: tuple[Term, ...] = Field(default=(), strict=False, description="含有上述词语的无关长词")


class Context(Vocabulary):
    """A vocabulary that must (or must not) stand near the find."""

    within: Within = "sentence"
    at_least: int = Field(default=1, ge=1, le=100, description="至少出现几个不同的词")


class When(_Strict):
    """Facts of the document under which a rule applies; every given key must hold."""

    genre: tuple[str, ...] = Field(default=(), strict=False)
    genre_not: tuple[str, ...] = Field(default=(), strict=False)
    direction: tuple[Literal["up", "down", "level", "internal", "public"], ...] = Field(
        default=(), strict=False
    )
    direction_not: tuple[Literal["up", "down", "level", "internal", "public"], ...] = Field(
        default=(), strict=False
    )
    normative: bool | None = None
    party: bool | None = None


class Rule(_Strict):
    """One way in which an item shows; a ``weak`` rule needs another rule of its item beside it."""

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    find: Vocabulary
    where: tuple[Zone, ...] = Field(default=(), strict=False)
    all_of: tuple[Context, ...] = Field(default=(), strict=False, alias="with")
    none_of: tuple[Context, ...] = Field(default=(), strict=False, alias="without")
    when: When = When()
    at_least: int = Field(default=1, ge=1, le=100, description="find 至少命中几处")
    strength: Literal["strong", "weak"] = "strong"
    effect: EffectName | None = Field(default=None, description="与条目不同的效力")
    ignore_guards: tuple[str, ...] = Field(default=(), strict=False)


class Citation(_Strict):
    """An article of a statute version listed in statutes.yaml."""

    statute: str
    article: str = Field(pattern=r"^\d+(-\d+)?$")


class Example(_Strict):
    """A passage that must hit, or must not; ``at`` names pieces of it that the evidence must hold."""

    text: str = Field(min_length=4)
    at: tuple[str, ...] = Field(default=(), strict=False, description="应当指出的原文片段")
    as_of: Date | None = None


class Examples(_Strict):
    """What shows that an item works: hits, and near misses that stay silent."""

    hits: tuple[Example, ...] = Field(default=(), strict=False)
    near_misses: tuple[Example, ...] = Field(default=(), strict=False)


class ExamFile(_Strict):
    """A file of ``negative_list/exams/``: the examples of items, by item id."""

    exams: dict[str, Examples]


class Item(_Strict):
    """An entry of the negative list, second level (清单条目)."""

    id: str = Field(pattern=r"^[a-z_]+\.[a-z_]+$")
    name: str
    effect: EffectName
    attribute: AttributeName | None = None
    basis: tuple[Citation, ...] = Field(min_length=1, strict=False)
    severable: bool = True
    effective_from: Date | None = None
    effective_to: Date | None = None
    why: str = ""
    rules: tuple[Rule, ...] = Field(default=(), strict=False)


class GroupFile(_Strict):
    """A file of ``negative_list/``: one first-level group with its items."""

    group: str
    name: str
    report_code: str | None = None
    items: tuple[Item, ...] = Field(min_length=1, strict=False)


class PublishItem(_Strict):
    """A must-publish item of arts 20 and 21 (法定主动公开事项)."""

    id: str = Field(pattern=r"^mp\.(20\.\d+|21\.(city|town))$")
    name: str
    basis: tuple[Citation, ...] = Field(min_length=1, strict=False)
    rules: tuple[Rule, ...] = Field(default=(), strict=False)


class PublishFile(_Strict):
    """must_publish.yaml."""

    items: tuple[PublishItem, ...] = Field(min_length=1, strict=False)


class Statute(_Strict):
    """A law in one version, with the days on which it is in force."""

    id: str
    law: str
    version: str
    kind: Literal["law", "administrative_regulation", "other"]
    effective_from: Date
    effective_to: Date | None = None
    verified: bool = True
    grounds: tuple[str, ...] = Field(default=(), strict=False, description="其中可直接作为理由的条")


class StatuteFile(_Strict):
    """statutes.yaml."""

    statutes: tuple[Statute, ...] = Field(min_length=1, strict=False)


class Guard(_Strict):
    """A reason why a hit does not count in its context; every given key must hold.

    ``covers``: the hit lies inside a match. ``sentence``: something stands in its sentence.
    ``before``/``after``: something stands directly before or after it (``reach`` characters).
    ``title``: something stands in the document's title. ``unless``: cancels the guard.
    """

    id: str = Field(pattern=r"^G-[A-Z-]+$")
    kind: Literal[
        "quotation",
        "exception",
        "negation",
        "publicity",
        "published",
        "organisation",
        "definition",
        "duty",
        "policy",
        "list_about_list",
    ]
    name: str
    covers: Vocabulary | None = None
    sentence: Vocabulary | None = None
    before: Vocabulary | None = None
    after: Vocabulary | None = None
    title: Vocabulary | None = None
    reach: int = Field(default=8, ge=1, le=60)
    when: When = When()
    unless: Vocabulary | None = None
    except_items: tuple[str, ...] = Field(
        default=(), strict=False, description="不受限制的条目或组"
    )


class GuardFile(_Strict):
    """guards.yaml."""

    guards: tuple[Guard, ...] = Field(min_length=1, strict=False)


class ConceptFile(_Strict):
    """concepts.yaml: shared vocabularies by name."""

    concepts: dict[str, Vocabulary]


def item_schema() -> str:
    """The JSON Schema of an item file, for editors; ``negative_list/item.schema.json`` holds it."""
    schema = GroupFile.model_json_schema(by_alias=True)
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
