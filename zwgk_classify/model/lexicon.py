"""The lexicon a model counts: words and collocations that jieba proposes from the corpus."""

from __future__ import annotations

import itertools
import math
import re
import tempfile
from collections import Counter
from collections.abc import Iterable
from typing import Any

from zwgk_classify.model.features import fold

# Organs and places would teach the model who writes, not what is written.
_ORGAN = re.compile(r"(?:省|市|县|区|乡|镇|州|局|厅|委|办|院|部|处|所|站|公司|街道|集团|中心)$")
_USABLE = re.compile(r"^[0㐀-鿿%℃度A-Za-z]{2,12}$")


def propose_lexicon(texts: Iterable[str], *, least_documents: int = 3) -> list[str]:
    """Words and two-word collocations that stand in at least ``least_documents`` texts, sorted.

    Digits are folded to 0. Proper names do not enter: a name in many texts is only a name.
    """
    tokenizer = _tokenizer()
    words: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for text in texts:
        tokens = tokenizer.lcut(fold(text))
        words.update({t for t in tokens if _USABLE.fullmatch(t)})
        pairs.update({a + b for a, b in itertools.pairwise(tokens) if _USABLE.fullmatch(a + b)})
    chosen = {w for w, n in words.items() if n >= least_documents}
    chosen |= {p for p, n in pairs.items() if n >= least_documents}
    return sorted(w for w in chosen if not _names_a_place(w))


def inverse_frequency(lexicon: list[str], counts: list[int], total: int) -> list[float]:
    """Smoothed inverse document frequency of each word, rounded so that it is reproducible."""
    return [round(math.log((1 + total) / (1 + n)) + 1.0, 6) for n in counts]


def _names_a_place(word: str) -> bool:
    return len(word) >= 3 and _ORGAN.search(word) is not None


def _tokenizer() -> Any:
    import logging

    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    # jieba keeps its cache in the shared temp folder and unmarshals it unchecked: use a
    # private folder, and leave nothing behind.
    with tempfile.TemporaryDirectory(prefix="zwgk-jieba-") as folder:
        tokenizer.tmp_dir = folder
        tokenizer.initialize()
    return tokenizer
