import type { PolicyDecision } from "@agentkit-policy/schema";
import { expectTypeOf, it } from "vitest";
import type { PolicyProvider } from "../src/provider.js";
import { withPolicy } from "../src/with-policy.js";

it("a decision is allow or deny, and the compiler says so", () => {
  const allow = { decision: "allow" } satisfies PolicyDecision;
  const deny = { decision: "deny", reason: "no" } satisfies PolicyDecision;
  // @ts-expect-error: there is no third word.
  const approve = { decision: "approve" } satisfies PolicyDecision;
  // @ts-expect-error: a denial says why.
  const silent = { decision: "deny" } satisfies PolicyDecision;
  // @ts-expect-error: an allow needs no reason, and a boolean is no decision.
  const yes: PolicyDecision = true;
  void [allow, deny, approve, silent, yes];
  const narrowed = (decision: PolicyDecision): string => (decision.decision === "deny" ? decision.reason : "");
  expectTypeOf(narrowed).returns.toBeString();
});

it("a provider may answer at once or by promise, and has to answer", () => {
  const atOnce: PolicyProvider = { beforeAction: () => ({ decision: "allow" }) };
  const later: PolicyProvider = { beforeAction: async () => ({ decision: "deny", reason: "no" }) };
  // @ts-expect-error: a provider without an answer is none.
  const none: PolicyProvider = { beforeAction: () => undefined };
  void [atOnce, later, none];
});

it("a guarded kit has the type of the kit", () => {
  class Kit {
    #secret = 1;
    own(): number {
      return this.#secret;
    }
    getActions(): { name: string; invoke(args: { to: string }): Promise<string> }[] {
      return [];
    }
  }
  expectTypeOf(withPolicy<Kit>).returns.toEqualTypeOf<Kit>();
  // @ts-expect-error: a policy is no text.
  void (() => withPolicy(new Kit(), "policy.yaml"));
});
