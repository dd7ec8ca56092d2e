"""Takes the plain form of arguments. A line on standard input is a JSON list of them in the notation of the vectors; its
answer is a list of plain forms and refusals.
"""

import json
import sys
from typing import Any

from agentkit_policy.snapshot import SnapshotError, take_snapshot
from tests.notation import built


def read(said: Any) -> dict[str, Any]:
    try:
        return {"plain": take_snapshot(built(said))[0]}
    except SnapshotError as error:
        return {"refused": str(error)}


for line in sys.stdin:
    print(json.dumps({"say": "read", "readings": [read(said) for said in json.loads(line)]}, allow_nan=False), flush=True)
