"""What a returned result says of its action. Only a label: money follows what the wallet did."""

import json
import re
from itertools import accumulate
from typing import Any

from .generated.outcome_labels import OUTCOME_LABELS

#: A longer text is a document that an action fetched: its beginning is judged, and it is not parsed. In characters.
_MAX_PARSED, _MAX_BEGINNING = 256 * 1024, 128
#: A text that is nested deeper is not parsed: where somebody has raised the limit of recursion, the parser takes Python down.
_MAX_DEPTH = 64
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"?', re.S)
#: What JavaScript takes for blank.
_BLANKS = "\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))
_BEGINNING = re.compile(f"({'|'.join(map(re.escape, OUTCOME_LABELS['beginnings']))})(?![a-z])", re.I | re.A)
_STATUS = re.compile("|".join(OUTCOME_LABELS["statusBeginnings"]), re.I | re.A)


def says_failed(result: Any) -> bool:
    """Whether it says so in the words that any action may use (``schemas/v1/outcome-labels.json``). Total.

    What only some actions say, the sidecar knows, which knows the catalogue.
    """
    if not isinstance(result, str):
        return _data_says_failed(result)
    beginning = result[:_MAX_BEGINNING].lstrip(_BLANKS)
    if _BEGINNING.match(beginning):
        return True
    if not beginning.startswith(("{", "[", '"')) or len(result) > _MAX_PARSED or _is_deep(result):
        return False
    try:
        parsed = json.loads(result.strip(" \t\n\r"), parse_constant=_refuse)
    except ValueError:
        return False
    # Some frameworks hand results on as JSON of the text. One layer of it is looked through.
    return bool(_BEGINNING.match(parsed.lstrip(_BLANKS))) if isinstance(parsed, str) else _data_says_failed(parsed)


def _is_deep(json_text: str) -> bool:
    """Brackets in its texts do not count."""
    brackets = (character for character in _TEXT.sub("", json_text) if character in "[]{}")
    return max(accumulate(1 if bracket in "[{" else -1 for bracket in brackets), default=0) > _MAX_DEPTH


def _data_says_failed(data: Any) -> bool:
    if type(data) is not dict:
        return False
    error, status = data.get("error"), data.get("status")
    # An empty list is an error like any other, as it is for JavaScript.
    is_error = error is not None and (isinstance(error, (list, dict)) or bool(error))
    return data.get("success") is False or is_error or (isinstance(status, str) and bool(_STATUS.match(status)))


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
