"""One reading of foreign data: what policies judge and what the action receives both derive from it."""

import base64
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

MAX_DEPTH = 32
#: What arguments may weigh: 8 bytes a value, and the UTF-8 bytes of every text and key.
MAX_BYTES = 256 * 1024
_VALUE_BYTES = 8
_MAX_SAFE = 2**53 - 1
#: Keys by which a later merge could reach a prototype in the process that decides.
_FORBIDDEN_KEYS = ("__proto__", "constructor", "prototype")


class SnapshotError(Exception):
    """Data that has no exact copy. Denied with ``invalid_arguments``."""


def take_snapshot(value: Any, *, big_integers: bool = False) -> tuple[Any, Any]:
    """Plain JSON for the policy, scalars that JSON lacks tagged, and a copy of the same reading for whoever is called.

    ``big_integers``: beyond 2^53-1 an integer becomes ``{"$int": "..."}``, as a call to a wallet holds it; anywhere else
    it is refused, because as a number of JSON it would lose digits.
    """
    try:
        return _Reading(big_integers).copy(value, 0)
    except SnapshotError:
        raise
    except Exception as error:
        # There is no reading of these arguments, so nothing can be judged.
        raise SnapshotError("the arguments cannot be read") from error


class _Reading:
    def __init__(self, big_integers: bool) -> None:
        self._big_integers, self._left = big_integers, MAX_BYTES

    def copy(self, item: Any, depth: int) -> tuple[Any, Any]:
        if isinstance(item, Enum):
            return self._enum(item, depth), item
        if isinstance(item, (bytes, bytearray)):
            # What it holds, by the type's own method: a class of somebody's own may say another thing of itself.
            own_type: Any = bytes if isinstance(item, bytes) else bytearray
            item = bytes(own_type.__getitem__(item, slice(None)))
        plain = self._scalar(item)
        if plain is not None or item is None:
            return plain, plain if isinstance(item, str) else item
        if depth >= MAX_DEPTH:
            raise SnapshotError(f"the arguments are nested deeper than {MAX_DEPTH} levels")
        if hasattr(type(item), "model_fields") and hasattr(type(item), "__pydantic_private__"):
            return self._model(item, depth)
        if isinstance(item, (list, tuple)):
            pairs = [self.copy(member, depth + 1) for member in item]
            owned = [own for _, own in pairs]
            return [plain for plain, _ in pairs], tuple(owned) if isinstance(item, tuple) else owned
        if isinstance(item, Mapping):
            plain_map, own_map = {}, {}
            for key, member in item.items():
                if type(key) is not str:
                    # Never the key itself: a model reads this, and the key may say anything.
                    raise SnapshotError(f"the arguments hold a key of the type {type(key).__name__}, which is no name")
                if key in _FORBIDDEN_KEYS:
                    raise SnapshotError(f'the arguments hold the key "{key}"')
                self._charge_text(key, "a key")
                plain_map["$" + key if key.startswith("$") else key], own_map[key] = self.copy(member, depth + 1)
            return plain_map, own_map
        raise SnapshotError(f"the arguments hold a {type(item).__name__}, which is not data")

    def _enum(self, member: Any, depth: int) -> Any:
        """The plain form of a member's value. Where the member is data by itself too, the action may use either."""
        value = member.value
        own_type: Any = next((kind for kind in (str, int, float, bytes, Decimal) if isinstance(member, kind)), None)
        if own_type is not None and own_type.__eq__(member, value) is not True:
            raise SnapshotError(f"the arguments hold a {type(member).__name__} that is not equal to its value")
        return self.copy(value, depth)[0]

    def _model(self, model: Any, depth: int) -> tuple[Any, Any]:
        """A pydantic model reaches its action as a model: AgentKit's x402 action reads its attributes.

        What it holds and not what it says of itself: a dump may leave out what the action then reads, and a copy may share it.
        """
        plain: dict[str, Any] = {}
        own = object.__new__(type(model))
        for part in ("__dict__", "__pydantic_extra__", "__pydantic_private__"):
            held = getattr(model, part, None)
            read, owned = self.copy(held, depth) if held else ({}, held)
            if plain.keys() & read.keys():
                raise SnapshotError(f"the arguments hold a {type(model).__name__} that has two members of one name")
            plain.update(read)
            object.__setattr__(own, part, owned)
        object.__setattr__(own, "__pydantic_fields_set__", set(model.__pydantic_fields_set__))
        is_root = getattr(model, "__pydantic_root_model__", False) and plain.keys() == {"root"}
        return plain["root"] if is_root else plain, own

    def _scalar(self, item: Any) -> Any:
        """The plain form of a scalar; None for anything else."""
        self._charge(_VALUE_BYTES)
        if isinstance(item, str):
            return self._charge_text(str.__str__(item))
        if type(item) is bool:
            return item
        if type(item) in (int, float):
            if abs(item) <= _MAX_SAFE:
                return item
            if type(item) is float or not self._big_integers:
                raise SnapshotError("the arguments hold a number that is not finite or is beyond 2^53-1; pass it as text")
            return {"$int": self._charge_text(str(item))}
        if type(item) is Decimal:
            if not item.is_finite() or abs(item.adjusted()) > 512 or len(item.as_tuple().digits) > 512:
                raise SnapshotError("the arguments hold a decimal that is not finite, or is too long")
            return {"$decimal": self._charge_text(format(item, "f"))}
        if isinstance(item, bytes):
            self._charge((len(item) + 2) // 3 * 4)
            return {"$bytes": base64.b64encode(item).decode()}
        return None

    def _charge_text(self, text: str, what: str = "text") -> str:
        try:
            self._charge(len(text.encode()))
        except UnicodeEncodeError:
            raise SnapshotError(f"the arguments hold {what} with a lone surrogate") from None
        return text

    def _charge(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise SnapshotError(f"the arguments are larger than {MAX_BYTES} bytes")
