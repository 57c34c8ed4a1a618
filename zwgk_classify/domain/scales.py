"""The ordered scales on which everything is joined: attribute, status and effect."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from functools import total_ordering
from typing import Self


@total_ordering
class _Scale(Enum):
    """An enumeration ordered by definition: the first member is the least strict."""

    @property
    def rank(self) -> int:
        """Position on the scale, 0 for the least strict member."""
        return list(type(self)).index(self)

    def __lt__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.rank < other.rank

    @classmethod
    def join(cls, members: Iterable[Self]) -> Self:
        """The strictest of ``members``; the least strict member when there is none."""
        return max(members, default=next(iter(cls)))


class Attribute(_Scale):
    """Disclosure attribute (公文公开属性), from most to least open.

    Source: 国办发〔2016〕80号 1(1); 政府信息公开条例 (2019) art. 13.
    """

    PROACTIVE = "主动公开"
    ON_REQUEST = "依申请公开"
    WITHHELD = "不予公开"


class Status(_Scale):
    """How far the proposal may travel without a person (提示状态)."""

    PROPOSED = "PROPOSED"
    REVIEW = "REVIEW"
    BLOCKED = "BLOCKED"


class Effect(_Scale):
    """What a ground demands, weakest first (效力); strengths of arts 14-16 are kept apart.

    Source: 政府信息公开条例 (2019) arts 11, 14-17, 36(7), 37.
    """

    DISCLOSE = "DISCLOSE"
    NOTICE = "NOTICE"
    REDACT = "REDACT"
    ROUTE_QUERY = "ROUTE_QUERY"
    MAY_WITHHOLD = "MAY_WITHHOLD"
    NEED_APPROVAL = "NEED_APPROVAL"
    MUST_UNLESS = "MUST_UNLESS"
    MUST_WITHHOLD = "MUST_WITHHOLD"
    REFER = "REFER"
    BLOCK_SECRET = "BLOCK_SECRET"
