"""A model that calls the tool `pay` once, under an id of the test's choice, and then is done."""

from collections.abc import Iterator
from typing import Any

from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage

QUESTION: Any = {"messages": [("user", "pay")]}


class _ScriptedModel(GenericFakeChatModel):
    """Says what it was told to; which tools there are is nothing to it."""

    def bind_tools(self, *_tools: Any, **_options: Any) -> "_ScriptedModel":
        return self


def model_that_pays(call_id: str = "call-1") -> GenericFakeChatModel:
    def says() -> Iterator[AIMessage]:
        yield AIMessage(content="", tool_calls=[{"name": "pay", "args": {}, "id": call_id}])
        yield AIMessage(content="done")

    return _ScriptedModel(messages=says())
