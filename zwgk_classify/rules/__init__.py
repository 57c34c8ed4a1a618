"""The negative list: data under ``negative_list/`` becomes hits with evidence."""

from zwgk_classify.rules.loader import ListData, load_list
from zwgk_classify.rules.matcher import NegativeList

__all__ = ["ListData", "NegativeList", "load_list"]
