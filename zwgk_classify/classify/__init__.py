"""The decision: document, hits and assessment become one proposal."""

from zwgk_classify.classify.classifier import Classifier, Draft

__all__ = ["Classifier", "Draft"]
