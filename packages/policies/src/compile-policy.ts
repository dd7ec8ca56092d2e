import { createHash } from "node:crypto";
import type { ActionReader } from "@agentkit-policy/core";
import {
  AmountError,
  canonicalActions,
  createActionReader,
  isKnownAction,
  knownActionNames,
  parseAddress,
  tokenDecimals,
} from "@agentkit-policy/effects";
import type { LedgerTimes } from "@agentkit-policy/ledger";
import { canonicalJson } from "@agentkit-policy/schema";
import { parseDuration } from "./duration.js";
import { type CompiledLimit, compileLimit, nativeDecimals, parseWindow, windowLengthMs, windowWords } from "./limit.js";
import { compileMatch, patternTest } from "./matching.js";
import { suggestion, type WrittenPolicy } from "./parse-policy.js";
import type { LimitRule, Match, When } from "./policy-file.js";
import { PolicyFileError } from "./policy-file-error.js";
import type { PolicyPath, PolicySource } from "./policy-source.js";
import type { StatelessRule } from "./stateless-rules.js";

/** A policy that makes sense, ready to judge. */
export interface CompiledPolicy {
  readonly limits: readonly CompiledLimit[];
  readonly statelessRules: readonly StatelessRule[];
  readonly reader: ActionReader;
  readonly confirmations: Readonly<Record<string, number>>;
  readonly times: Pick<LedgerTimes, "lifeMs" | "settleWithinMs">;
  /** How long before an entry's end a call has to be handed over, in milliseconds. */
  readonly leaveWithinMs: number;
  /** As written: `memory`, or `sqlite:` and a path. */
  readonly ledger: string;
  /** SHA-256 of the policy's data: equal policies have equal versions, however they are written. */
  readonly version: string;
}

/** What the compiler is told beside the policy. */
export interface CompileOptions {
  /** Names of actions that this program registers itself, which rules may then name. */
  readonly actions?: readonly string[];
}

const minute = 60_000;

/** @throws PolicyFileError at the first thing that makes no sense. */
export function compilePolicy(
  { file, rules }: WrittenPolicy,
  source: PolicySource,
  options: CompileOptions = {},
): CompiledPolicy {
  const fail = (path: PolicyPath, problem: string, hint: string): never => {
    throw new PolicyFileError(source.placeOf(path), problem, hint);
  };

  const tokens = file.tokens ?? {};
  for (const asset of Object.keys(tokens)) checkAsset(asset, ["tokens", asset]);
  for (const chain of Object.keys(file.chains ?? {})) checkChain(chain, ["chains", chain]);

  const limits: { readonly limit: CompiledLimit; readonly index: number }[] = [];
  const statelessRules: StatelessRule[] = [];
  for (const written of rules) {
    const path: PolicyPath = ["rules", written.index];
    const { rule } = written;
    const when = checkedWhen(rule.when, [...path, "when"]);
    if (written.kind === "limit") limits.push({ limit: compiledLimit({ ...written.rule, when }, path), index: written.index });
    else {
      const match = checkedMatch("allow" in written.rule ? written.rule.allow : written.rule.deny, [...path, written.kind]);
      statelessRules.push({ id: rule.id, kind: written.kind, matcher: compileMatch(match), when });
    }
  }
  checkNesting();

  const lifeMs = timing("life", 15 * minute);
  const settleWithinMs = timing("settleWithin", 60 * minute);
  const leaveWithinMs = timing("leaveWithin", 5 * minute);
  if (leaveWithinMs >= lifeMs) {
    fail(
      ["timing"],
      "leaveWithin is not shorter than life, so that nothing could ever leave",
      'leave the wallet some of the life, such as life: "15m", leaveWithin: "5m"',
    );
  }
  if (file.ledger !== "memory" && !/^sqlite:./.test(file.ledger)) {
    fail(["ledger"], `"${file.ledger}" is no ledger`, 'write "sqlite:./agentkit-policy.db", or "memory" for a test');
  }
  return {
    limits: limits.map(({ limit }) => limit),
    statelessRules,
    reader: createActionReader({ tokens }),
    confirmations: Object.fromEntries(
      Object.entries(file.chains ?? {}).flatMap(([chain, { confirmations }]) =>
        confirmations === undefined ? [] : [[chain, confirmations]],
      ),
    ),
    times: { lifeMs, settleWithinMs },
    leaveWithinMs,
    ledger: file.ledger,
    version: createHash("sha256").update(canonicalJson(source.data)).digest("hex"),
  };

  function timing(name: "life" | "leaveWithin" | "settleWithin", byDefault: number): number {
    const text = file.timing?.[name];
    return text === undefined ? byDefault : (parseDuration(text) ?? byDefault);
  }

  function compiledLimit(rule: LimitRule, path: PolicyPath): CompiledLimit {
    const window = parseWindow(rule.window);
    if (window === undefined)
      return fail(
        [...path, "window"],
        `"${rule.window}" is no window`,
        `${suggestion(rule.window, windowWords)}known: ${windowWords.join(", ")}`,
      );
    const { max, atomic, limit } = rule;
    if (max === undefined && atomic === undefined)
      return fail(
        path,
        'the limit has no "max"',
        'add max: "0.05" in whole units, or atomic: "50000" in the smallest unit; "0" means nothing at all',
      );
    if (max !== undefined && atomic !== undefined)
      return fail([...path, "atomic"], 'the limit has both "max" and "atomic"', "keep one of them");
    if (limit === "actions") {
      if (atomic !== undefined || !/^(0|[1-9][0-9]{0,14})$/.test(String(max)))
        return fail([...path, atomic === undefined ? "max" : "atomic"], "a limit on actions counts them", "write max: 20");
    } else {
      if (typeof max === "number")
        return fail(
          [...path, "max"],
          "money is written as a number",
          `write it as text, such as max: "${max}"; numbers lose digits`,
        );
      if (atomic !== undefined && !/^(0|[1-9][0-9]{0,99})$/.test(atomic))
        return fail([...path, "atomic"], `"${atomic}" is no amount in atomic units`, "write digits only");
    }
    const decimals =
      limit === "actions" ? 0 : limit === "native" ? nativeDecimals : decimalsOf(limit, [...path, "limit"], atomic !== undefined);
    try {
      return compileLimit(rule, window, decimals);
    } catch (error) {
      if (!(error instanceof AmountError)) throw error;
      return fail([...path, "max"], error.message, 'write a plain decimal number as text, such as "0.05"');
    }
  }

  function decimalsOf(asset: string, path: PolicyPath, atomic: boolean): number {
    checkAsset(asset, path, ["native", "actions"]);
    const decimals = Object.hasOwn(tokens, asset) ? tokens[asset]?.decimals : tokenDecimals(asset);
    if (decimals !== undefined) return decimals;
    if (atomic) return 0;
    return fail(
      path,
      "the token's decimals are not known",
      `add tokens: { "${asset}": { decimals: 6 } } with the token's own number, or give the limit as atomic:`,
    );
  }

  function checkAsset(asset: string, path: PolicyPath, words: readonly string[] = []): void {
    if (words.includes(asset)) return;
    const guess = suggestion(asset, words);
    const known = `${guess}an asset is ${words.map((word) => `"${word}", `).join("")}or CAIP-19 such as "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e"; a symbol could be anybody's token`;
    const match = /^(eip155:[0-9]{1,32})\/(erc20:0x[0-9a-fA-F]{40}|slip44:60)$/.exec(asset);
    if (match === null) fail(path, `"${asset}" is no asset that is known here`, known);
    else if (asset !== asset.toLowerCase()) fail(path, "the asset is not in lower case", `write "${asset.toLowerCase()}"`);
  }

  function checkChain(chain: string, path: PolicyPath): void {
    if (!/^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$/.test(chain))
      fail(path, `"${chain}" is no chain`, 'a chain is CAIP-2, such as "eip155:8453"');
  }

  function checkedWhen(when: When | undefined, path: PolicyPath): When | undefined {
    if (when?.actions !== undefined) checkActions(when.actions, [...path, "actions"]);
    return when;
  }

  function checkedMatch(match: Match, path: PolicyPath): Match {
    if (match.actions !== undefined) checkActions(match.actions, [...path, "actions"]);
    for (const [index, asset] of (match.assets ?? []).entries()) checkAsset(asset, [...path, "assets", index], ["native"]);
    return {
      ...match,
      ...(match.recipients === undefined
        ? {}
        : { recipients: match.recipients.map((text, index) => checkedAccount(text, [...path, "recipients", index])) }),
      ...(match.contracts === undefined
        ? {}
        : { contracts: match.contracts.map((text, index) => checkedAccount(text, [...path, "contracts", index])) }),
    };
  }

  /** A bare address or a CAIP-10 account; in lower case on eip155, as it is elsewhere. */
  function checkedAccount(text: string, path: PolicyPath): string {
    const [, chain, address] = /^([-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}):([^:]+)$/.exec(text) ?? [undefined, undefined, text];
    const isEvm = chain === undefined ? /^0x/i.test(address) : chain.startsWith("eip155:");
    if (!isEvm) {
      if (!/^[-.%a-zA-Z0-9]{32,128}$/.test(address))
        fail(path, `"${text}" is no address`, "write the whole address; names such as ENS are not resolved");
      return text;
    }
    const parsed = parseAddress(address);
    if (parsed === undefined)
      return fail(
        path,
        `"${text}" is no address, or its checksum is wrong`,
        "copy the address again; in lower case it carries no checksum",
      );
    return chain === undefined ? parsed : `${chain}:${parsed}`;
  }

  /** A pattern that can never match protects nobody (`rules:alive`). */
  function checkActions(patterns: readonly string[], path: PolicyPath): void {
    const own = options.actions ?? [];
    patterns.forEach((pattern, index) => {
      const test = patternTest(pattern);
      if (isKnownAction(pattern) || own.some(test) || canonicalActions.some(test) || knownActionNames.some(test)) return;
      const guess = suffixGuess(pattern) || suggestion(pattern, [...canonicalActions, ...own]);
      fail(
        [...path, index],
        `no action is called "${pattern}"`,
        `${guess}use a canonical id such as "wallet.native_transfer", an action's full name, or list your own actions when loading the policy`,
      );
    });
  }

  function suffixGuess(pattern: string): string {
    const match = canonicalActions.find((id) => id.endsWith(`.${pattern}`));
    return match === undefined ? "" : `did you mean "${match}"? `;
  }

  /** A shorter window that admits more than a longer one of the same money contradicts it. */
  function checkNesting(): void {
    for (const inner of limits) {
      for (const outer of limits) {
        const same =
          inner.limit.unit === outer.limit.unit &&
          inner.limit.asset === outer.limit.asset &&
          inner.limit.native === outer.limit.native;
        const scopes = [...inner.limit.per].sort().join() === [...outer.limit.per].sort().join();
        if (!same || !scopes || inner.limit.when !== undefined || outer.limit.when !== undefined) continue;
        const innerMs = windowLengthMs(inner.limit.window);
        const outerMs = windowLengthMs(outer.limit.window);
        if (
          innerMs === undefined ||
          outerMs === undefined ||
          innerMs >= outerMs ||
          BigInt(inner.limit.max) <= BigInt(outer.limit.max)
        )
          continue;
        fail(
          ["rules", inner.index, "max"],
          `"${inner.limit.id}" allows more in a shorter window than "${outer.limit.id}" in a longer one`,
          "lower the shorter window's maximum, or remove one of the two",
        );
      }
    }
  }
}
