"""A kit of nobody's, that the other files put policies under."""

from typing import Any


class Kit:
    def get_actions(self) -> list[Any]:
        return []
