"""What a form was made of: two people who change one thing at once are told apart by it."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any, cast


def fingerprint_of(shown: object) -> str:
    """Another one for other values; the order of a mapping does not matter, that of a list does."""
    return hashlib.sha256(repr(_plain(shown)).encode()).hexdigest()[:32]


def _plain(value: Any) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    if isinstance(value, Mapping):
        pairs = cast(Mapping[Any, Any], value).items()
        return sorted((str(name), _plain(one)) for name, one in pairs)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(one) for one in cast(Iterable[Any], value)]
    return str(value)
