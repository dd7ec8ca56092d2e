from agentkit_policy import policy_context, with_policy

from .world import NATIVE_TRANSFER, fresh_address, invoke, make_kit, make_wallet, transfer


def test_a_transfer_within_the_budget_arrives_and_one_beyond_it_is_denied(world, policy_file):
    policy = policy_file('{ id: eth, limit: native, max: "0.01", per: [user], window: day }')
    kit = with_policy(make_kit(make_wallet(world, "smoke")), policy)
    with policy_context(user_id="u1"):
        assert invoke(kit, NATIVE_TRANSFER, transfer(fresh_address("smoke to"), "0.007")).startswith("Transferred 0.007 ETH")
        assert invoke(kit, NATIVE_TRANSFER, transfer(fresh_address("smoke to"), "0.007")).startswith(
            "Error: denied by policy (over_limit)"
        )
    assert world.balance(fresh_address("smoke to")) == 7 * 10**15
    assert policy.counted("eth") == 7 * 10**15
    assert policy.open("eth") == 0
