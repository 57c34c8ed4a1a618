"""The text classifier: calibrated probabilities with reasons, from plain arrays."""

from zwgk_classify.model.store import load_model, read_card
from zwgk_classify.model.text_model import TextModel

__all__ = ["TextModel", "load_model", "read_card"]
