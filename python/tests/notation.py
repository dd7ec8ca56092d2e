"""What the vectors of arguments say in JSON and JSON cannot hold (``schemas/v1/vectors/arguments.json``)."""

from typing import Any


def built(value: Any) -> Any:
    """The Python value that a vector means."""
    if isinstance(value, list):
        return [built(item) for item in value]
    match value:
        case {"$number": text}:
            number = float(text)
            # What has no fraction may be a whole number in Python; both forms are one number of JSON.
            return int(number) if number.is_integer() and "." not in text else number
        case {"$octets": digits}:
            return bytes.fromhex(built(digits))
        case {"$utf16": units}:
            return b"".join(unit.to_bytes(2, "little") for unit in units).decode("utf-16-le", "surrogatepass")
        case {"$pairs": pairs}:
            return {built(key): built(member) for key, member in pairs}
        case {"$copies": item, "times": times}:
            return [built(item) for _ in range(times)]
        case {"$repeated": text, "times": times}:
            return text * times
        case {"$nested": levels, "leaf": leaf}:
            nested = built(leaf)
            for _ in range(levels):
                nested = [nested]
            return nested
        case dict():
            return {key: built(member) for key, member in value.items()}
    return value
