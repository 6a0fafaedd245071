"""Canonical JSON as the reference encryptor writes it: docs/spec.md section 5.3 (RFC 8785, no numbers but integers)."""

import json
from typing import Any

Json = dict[str, Any]


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))}
    if isinstance(value, list):
        return [_ordered(item) for item in value]
    if value is None or isinstance(value, float):
        raise ValueError(f"not in canonical JSON here: {value!r}")
    return value


def canonical(value: Any) -> bytes:
    return json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8")
