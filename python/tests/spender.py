"""An agent that spends, and what the chain and the ledger say of it."""

from typing import Any

from agentkit_policy import with_policy

from .conftest import PolicyFile
from .judge import Judge
from .world import NATIVE_TRANSFER, TOKEN_TRANSFER, World, fresh_address, invoke, make_kit, make_wallet, transfer

ONE_TOKEN = 10**6
#: Two limits that no test reaches: what they count is what is looked at.
RULES = (
    '{ id: eth, limit: native, max: "2", window: day }',
    '{ id: tokens, limit: "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e", max: "1000", window: day }',
)


class Spender:
    """A kit whose wallet holds 1 ETH and 100 tokens, its policy file, and a policy in Python that hears the outcome."""

    def __init__(self, world: World, policy: PolicyFile, name: str, bare: Any = None, **options: Any) -> None:
        self.world, self.policy, self.judge = world, policy, Judge()
        self.wallet = bare or make_wallet(world, name)
        world.fund_token(self.wallet.get_address(), 100 * ONE_TOKEN)
        self.kit = with_policy(make_kit(self.wallet), [self.judge, policy], **options)
        self.to = fresh_address(f"{name} to")

    def send(self, ether: str) -> str:
        return str(invoke(self.kit, NATIVE_TRANSFER, transfer(self.to, ether)))

    def send_tokens(self, amount: str) -> str:
        arguments = {"contract_address": self.world.token, "destination_address": self.to, "amount": amount}
        return str(invoke(self.kit, TOKEN_TRANSFER, arguments))

    @property
    def moved(self) -> tuple[int, int]:
        return self.world.balance(self.to), self.world.token_balance(self.to)

    @property
    def counted(self) -> tuple[int, int]:
        """In wei and in atomic tokens, of which nothing is open."""
        balances = self.policy.balances()
        assert all(balance["open"] == "0" for balance in balances)
        eth, tokens = (
            sum(int(balance["counted"]) for balance in balances if balance["limitId"] == limit) for limit in ("eth", "tokens")
        )
        return eth, tokens

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(hook, outcome["status"]) for hook, _, outcome in self.judge.told]
