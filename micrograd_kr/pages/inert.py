"""What keeps a page safe: only its own script runs, and data in it stays data."""

import base64
import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any


def policy(styles: Sequence[str], scripts: Sequence[str]) -> str:
    """Write the content policy of a page with these styles and these scripts.

    >>> policy([""], [""]).startswith("default-src 'none'; style-src 'sha256-")
    True
    """
    style, script = (" ".join(map(_hash, texts)) for texts in (styles, scripts))
    own = f"style-src {style}; script-src {script}"
    return f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


# What means something in HTML, ends a line of a script, or is half a letter.
_UNSAFE = re.compile("[<>&\u2028\u2029\ud800-\udfff]")


def inert_json(data: Any) -> str:
    """Write JSON that stays inside its script element.

    >>> inert_json({"label": "</script>"})
    '{"label":"\\\\u003c/script\\\\u003e"}'
    """
    try:
        text = _json(data)
    except ValueError:  # a number that is not finite
        text = _json(_finite(data))
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _json(data: Any) -> str:
    return json.dumps(data, separators=(",", ":"), allow_nan=False, ensure_ascii=False)


def _finite(data: Any) -> Any:
    """Write infinities and NaN, which JSON lacks, as text that JavaScript can read."""
    if isinstance(data, float) and not math.isfinite(data):
        return _infinite(data)
    if isinstance(data, Mapping):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_finite(value) for value in data]
    return data


def _infinite(x: float) -> str:
    if math.isnan(x):
        return "NaN"
    return "Infinity" if x > 0 else "-Infinity"
