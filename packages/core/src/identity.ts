import { AsyncLocalStorage } from "node:async_hooks";
import { type Identity, isIdentity, problemOf } from "@agentkit-policy/schema";
import { PolicySetupError } from "./errors.js";
import { processWide } from "./process-wide.js";

/** What all labels of an identity may weigh, in bytes of UTF-8: every question to a policy carries them. */
const maxLabelBytes = 64 * 1024;

const scope = processWide("identity", () => new AsyncLocalStorage<Identity>());

/**
 * Runs `body` as somebody: every attempt in it, across awaits, carries this identity (`scope:identity`). Nested scopes
 * add to and override the outer one. Identity never comes from an action's arguments.
 * @throws PolicySetupError when a field is given and is not a non-empty string, or the labels are larger than 64 KiB.
 */
export function runWithContext<T>(identity: Identity, body: () => T): T {
  return scope.run(Object.freeze({ ...currentIdentity(), ...checkedIdentity(identity) }), body);
}

/** The identity of the running scope; empty outside any. */
export function currentIdentity(): Identity {
  return scope.getStore() ?? {};
}

/** @throws PolicySetupError */
export function checkedIdentity(identity: Identity): Identity {
  // A member that is undefined is not given: it must not erase what an outer scope or the kit has said.
  const copy = Object.fromEntries(Object.entries(identity).filter(([, value]) => value !== undefined)) as Identity;
  if (!isIdentity(copy)) {
    throw new PolicySetupError("invalid_option", `the context is not an identity: ${problemOf(isIdentity, copy)}`);
  }
  const labelBytes = Object.entries(copy.labels ?? {})
    .flat()
    .reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (labelBytes > maxLabelBytes)
    throw new PolicySetupError("invalid_option", `the context's labels are longer than ${maxLabelBytes} bytes`);
  return copy;
}
