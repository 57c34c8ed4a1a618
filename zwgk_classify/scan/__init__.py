"""Finding many strings in one pass: the scan that rules and model share."""

from zwgk_classify.scan.automaton import Automaton, Occurrence, build_automaton

__all__ = ["Automaton", "Occurrence", "build_automaton"]
