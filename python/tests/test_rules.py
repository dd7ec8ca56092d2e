"""The rules of the shim's house, read off its own sources."""

import ast
import io
import json
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

import agentkit_policy
from agentkit_policy.version import VERSION

from .world import ROOT

SOURCES = sorted((ROOT / "python" / "src" / "agentkit_policy").glob("*.py"))
GENERATED = sorted((ROOT / "python" / "src" / "agentkit_policy" / "generated").glob("*.py"))

#: What users may import. A change here is a change of the public surface, and needs a changeset.
EXPORTS = [
    "ActionContext",
    "ActionDeniedError",
    "ActionFailedError",
    "ActionOutcome",
    "ActionPolicyProvider",
    "AgentkitPolicyError",
    "Allow",
    "Deny",
    "InsufficientFundsError",
    "PolicyDecision",
    "PolicySetupError",
    "__version__",
    "allow",
    "assert_guarded",
    "deny",
    "guard_wallet",
    "policy_context",
    "with_policy",
]


def imports_of(text: str) -> Iterator[tuple[str, bool]]:
    """Every top-level package that a source imports, and whether only a type checker ever does."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for inner in ast.walk(node):
                inner.__dict__["for_types"] = True
        for_types = bool(node.__dict__.get("for_types"))
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], for_types) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").partition(".")[0], for_types
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield ast.unparse(node.args[0]).strip("'\""), for_types


def foreign_imports(text: str) -> list[str]:
    return [name for name, for_types in imports_of(text) if not for_types and name not in sys.stdlib_module_names]


def lines_of_code(text: str) -> int:
    """Lines that hold code: no blank line, no comment, no docstring."""
    documented: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        first = node.body[0] if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            documented.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    silent = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    code: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in silent:
            code.update(range(token.start[0], token.end[0] + 1))
    return len(code - documented)


def test_the_sources_are_looked_at() -> None:
    assert len(SOURCES) > 15
    assert sum(len(list(imports_of(path.read_text()))) for path in SOURCES) > 80


@pytest.mark.parametrize("path", [*SOURCES, *GENERATED], ids=lambda path: path.name)
def test_the_shim_runs_on_the_standard_library_alone(path: Path) -> None:
    allowed = {"agentkit.py": ["web3"], "types.py": ["typing_extensions"]}
    assert foreign_imports(path.read_text()) == allowed.get(path.name, [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import requests", ["requests"]),
        ("from pydantic.main import BaseModel", ["pydantic"]),
        ("import importlib\nimportlib.import_module('web3')", ["web3"]),
        ("def later():\n    import numpy", ["numpy"]),
        ("if TYPE_CHECKING:\n    from coinbase_agentkit import AgentKit", []),
        ("import json\nfrom .kit import with_policy", []),
    ],
)
def test_a_foreign_import_is_seen_for_what_it_is(text: str, found: list[str]) -> None:
    assert foreign_imports(text) == found


def test_the_package_exports_what_is_pinned_and_nothing_else() -> None:
    assert sorted(agentkit_policy.__all__) == EXPORTS
    assert all(hasattr(agentkit_policy, name) for name in EXPORTS)


def test_the_shim_stays_small() -> None:
    assert sum(lines_of_code(path.read_text()) for path in SOURCES) <= 2_060


def test_a_line_of_code_is_counted_for_what_it_is() -> None:
    assert lines_of_code('"""Text\nof two lines."""\n\n# A comment.\nx = 1  # Another.\n\ny = (\n    2,\n)\n') == 4


def test_the_version_is_that_of_the_release_train() -> None:
    manifest = json.loads((ROOT / "packages" / "agentkit-policy" / "package.json").read_text())
    assert manifest["version"] == VERSION
