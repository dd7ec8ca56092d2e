import { isDeepStrictEqual } from "node:util";
import type { ActionReader } from "@agentkit-policy/core";
import { AmountError, createActionReader, nativeDecimals, tokenDecimals } from "@agentkit-policy/effects";
import { isTimeZone, type LedgerTimes, type Window } from "@agentkit-policy/ledger";
import { canonicalJson, sha256Hex } from "@agentkit-policy/schema";
import { defaultConfirmations } from "./chain-finality.js";
import { parseDuration } from "./duration.js";
import { type CompiledLimit, compileLimit, parseWindow, windowLengthMs, windowWords } from "./limit.js";
import { compileMatch } from "./matching.js";
import { chainOf } from "./networks.js";
import type { WrittenPolicy, WrittenRule } from "./parse-policy.js";
import type { LimitRule, Match, PolicyFile, UseRule, When } from "./policy-file.js";
import { PolicyFileError } from "./policy-file-error.js";
import type { PolicyPath, PolicySource } from "./policy-source.js";
import { type Complain, References } from "./references.js";
import type { RpcChain } from "./rpc-node.js";
import type { StatelessRule } from "./stateless-rules.js";
import { suggestion } from "./suggestion.js";

/** How far a ledger's clock may stray; what an anchor may be off, and what it may stray from it, are both within a margin. */
const clockToleranceMs = 5_000;

/** A rule that asks an engine, and where it stands. */
export interface CompiledUse {
  readonly rule: UseRule;
  readonly path: PolicyPath;
}

/** A policy that makes sense, ready to judge. */
export interface CompiledPolicy {
  readonly limits: readonly CompiledLimit[];
  readonly statelessRules: readonly StatelessRule[];
  /** Rules that ask an engine, in their order. */
  readonly uses: readonly CompiledUse[];
  readonly reader: ActionReader;
  /** Decimals of an asset, where the policy or the built-in table knows them. */
  readonly decimalsOf: (asset: string) => number | undefined;
  readonly confirmations: Readonly<Record<string, number>>;
  readonly times: LedgerTimes;
  /** The chains whose nodes are known, by CAIP-2. */
  readonly nodes: ReadonlyMap<string, RpcChain>;
  /** How long before an entry's end a call has to be handed over, in milliseconds. */
  readonly leaveWithinMs: number;
  /** As written: `memory`, `sqlite:` and a path, or `postgres://` and a database. */
  readonly ledger: string;
  /** SHA-256 of the policy's data: equal policies have equal versions, however they are written. */
  readonly version: string;
}

/** What the compiler is told beside the policy. */
export interface CompileOptions {
  /** Names of actions that this program registers itself, which rules may then name. */
  readonly actions?: readonly string[];
}

/** @throws PolicyFileError at the first thing that makes no sense. */
export function compilePolicy(written: WrittenPolicy, source: PolicySource, options: CompileOptions = {}): CompiledPolicy {
  return new PolicyCompiler(written.file, source, options).compile(written.rules);
}

/** The shape was checked: every duration that is there can be read. */
function durationMs(text: string): number {
  return parseDuration(text) ?? Number.NaN;
}

class PolicyCompiler {
  readonly #file: PolicyFile;
  readonly #source: PolicySource;
  readonly #references: References;
  readonly #complain: Complain;

  constructor(file: PolicyFile, source: PolicySource, options: CompileOptions) {
    this.#file = file;
    this.#source = source;
    this.#complain = (path, problem, hint) => {
      throw new PolicyFileError(source.placeOf(path), problem, hint);
    };
    this.#references = new References(this.#complain, options.actions ?? []);
  }

  compile(rules: readonly WrittenRule[]): CompiledPolicy {
    const { tokens = {}, chains = {}, ledger } = this.#file;
    for (const [asset, { decimals }] of Object.entries(tokens)) {
      this.#references.checkAsset(asset, ["tokens", asset]);
      const known = tokenDecimals(asset);
      if (known === undefined || known === decimals) continue;
      this.#complain(
        ["tokens", asset, "decimals"],
        `this token has ${known} decimals`,
        "remove the entry: this token is built in",
      );
    }
    for (const chain of Object.keys(chains)) this.#references.checkChain(chain, ["chains", chain]);
    const limits = new Map<number, CompiledLimit>();
    const statelessRules: StatelessRule[] = [];
    const uses: CompiledUse[] = [];
    for (const { kind, index, rule } of rules) {
      const path: PolicyPath = ["rules", index];
      this.#checkWhen(rule.when, [...path, "when"]);
      if (kind === "limit") {
        limits.set(index, this.#limit(rule, path));
        if (rule.limit !== "actions") this.#checkReach([...path, "when"], [rule.when?.networks], [rule.limit]);
      } else if (kind === "use") uses.push({ rule, path });
      else {
        const match = this.#match(kind === "allow" ? rule.allow : rule.deny, [...path, kind]);
        this.#checkReach([...path, kind], [match.networks, rule.when?.networks], match.assets);
        statelessRules.push({ id: rule.id, kind, matcher: compileMatch(match), when: rule.when });
      }
    }
    this.#checkNesting(limits);
    if (ledger !== "memory" && !/^(sqlite:|postgres(ql)?:\/\/)./.test(ledger)) {
      const hint = 'write "sqlite:./agentkit-policy.db", "postgres://user@host/database", or "memory" for a test';
      // What is written may hold a password.
      this.#complain(["ledger"], "this is no ledger", hint);
    }
    // A name after the slashes of an address would lie in the file system's root, which is never what was meant.
    if (ledger.startsWith("sqlite://"))
      this.#complain(["ledger"], "sqlite: takes no slashes", 'write "sqlite:./name.db" or "sqlite:/absolute/name.db"');
    const { leaveWithinMs, ...times } = this.#timing();
    return {
      limits: [...limits.values()],
      statelessRules,
      uses,
      reader: createActionReader({ tokens }),
      decimalsOf: (asset) => this.#knownDecimals(asset),
      confirmations: Object.fromEntries(
        Object.entries(chains).flatMap(([chain, { confirmations }]) =>
          confirmations === undefined ? [] : [[chain, confirmations]],
        ),
      ),
      times,
      nodes: this.#nodes(),
      leaveWithinMs,
      ledger,
      version: sha256Hex(canonicalJson(this.#source.written)),
    };
  }

  #timing(): LedgerTimes & { readonly leaveWithinMs: number } {
    const { life = "15m", leaveWithin = "5m", settleWithin = "1h", blockError = "30s" } = this.#file.timing ?? {};
    const leaveWithinMs = durationMs(leaveWithin);
    const lifeMs = durationMs(life);
    if (!(leaveWithinMs < lifeMs)) {
      const problem = `leaveWithin (${leaveWithin}) is not shorter than life (${life}), so that nothing could ever leave`;
      this.#complain(["timing"], problem, 'leave the wallet some of the life, such as life: "15m", leaveWithin: "5m"');
    }
    const chains = Object.entries(this.#file.chains ?? {}).flatMap(([chain, { settleWithin: own }]) =>
      own === undefined ? [] : [[chain, { settleWithinMs: durationMs(own) }]],
    );
    return {
      lifeMs,
      leaveWithinMs,
      settleWithinMs: durationMs(settleWithin),
      marginMs: 2 * clockToleranceMs + durationMs(blockError),
      chains: Object.fromEntries(chains),
      unresolved: this.#file.unresolved ?? "age",
    };
  }

  #nodes(): ReadonlyMap<string, RpcChain> {
    const nodes = new Map<string, RpcChain>();
    for (const [chain, { rpc, confirmations = defaultConfirmations[chain] }] of Object.entries(this.#file.chains ?? {})) {
      if (rpc === undefined) continue;
      const path = ["chains", chain, "rpc"];
      if (!chain.startsWith("eip155:"))
        this.#complain(
          path,
          "transactions can be proven on eip155 chains only",
          "leave rpc out: what is unproven counts until its date",
        );
      if (!/^https?:\/\/./.test(rpc)) this.#complain(path, "this is no address of a node", 'write "https://…", or "${NAME}"');
      if (confirmations === undefined)
        this.#complain(
          ["chains", chain],
          "nobody knows when a block of this chain is final",
          "add confirmations: with the chain's own number",
        );
      nodes.set(chain, { url: rpc, confirmations });
    }
    return nodes;
  }

  #limit(rule: LimitRule, path: PolicyPath): CompiledLimit {
    const window =
      parseWindow(rule.window) ??
      this.#complain(
        [...path, "window"],
        `"${rule.window}" is no window`,
        `${suggestion(rule.window, windowWords)}known: ${windowWords.join(", ")}`,
      );
    this.#checkMaximum(rule, path);
    if (rule.timeZone !== undefined) {
      if (window.kind !== "calendar")
        this.#complain([...path, "timeZone"], "only a calendar window has a time zone", "leave it out, or write window: day");
      if (!isTimeZone(rule.timeZone))
        this.#complain(
          [...path, "timeZone"],
          `"${rule.timeZone}" is no time zone`,
          'write an IANA name, such as "Europe/Berlin"',
        );
    }
    if (new Set(rule.per).size !== rule.per.length) {
      this.#complain([...path, "per"], "a scope is named twice", "name each scope once");
    }
    if (rule.limit === "actions" && rule.per.includes("counterparty")) {
      const hint = "leave counterparty out; a limit on an asset counts per counterparty";
      this.#complain([...path, "per"], "an action has no one counterparty, so that this limit would deny everything", hint);
    }
    const decimals = rule.limit === "actions" ? 0 : this.#decimalsOf(rule, [...path, "limit"]);
    try {
      return compileLimit(rule, zoned(window, rule), decimals);
    } catch (error) {
      if (!(error instanceof AmountError)) throw error;
      return this.#complain([...path, "max"], error.message, 'write a plain decimal number as text, such as "0.05"');
    }
  }

  /** A maximum is money as text, in whole units or atomic, or a count of actions. Never left out: nothing is unlimited by accident. */
  #checkMaximum({ limit, max, atomic }: LimitRule, path: PolicyPath): void {
    if (max === undefined && atomic === undefined) {
      const hint = 'add max: "0.05" in whole units, or atomic: "50000" in the smallest unit; "0" means nothing at all';
      this.#complain(path, 'the limit has no "max"', hint);
    }
    if (max !== undefined && atomic !== undefined) {
      this.#complain([...path, "atomic"], 'the limit has both "max" and "atomic"', "keep one of them");
    }
    if (limit === "actions") {
      const isCount = atomic === undefined && /^(0|[1-9][0-9]{0,14})$/.test(String(max));
      if (!isCount)
        this.#complain([...path, atomic === undefined ? "max" : "atomic"], "a limit on actions counts them", "write max: 20");
    } else if (typeof max === "number") {
      this.#complain(
        [...path, "max"],
        "money is written as a number",
        `write it as text, such as max: "${max}"; numbers lose digits`,
      );
    } else if (atomic !== undefined && !/^(0|[1-9][0-9]{0,99})$/.test(atomic)) {
      this.#complain([...path, "atomic"], `"${atomic}" is no amount in atomic units`, "write digits only");
    }
  }

  #decimalsOf({ limit, atomic }: LimitRule, path: PolicyPath): number {
    this.#references.checkAsset(limit, path, ["native", "actions"]);
    const decimals = limit === "native" ? nativeDecimals : this.#knownDecimals(limit);
    if (decimals !== undefined) return decimals;
    // An amount that is already atomic needs no decimals.
    if (atomic !== undefined) return 0;
    const hint = `add tokens: { "${limit}": { decimals: 6 } } with the token's own number, or give the limit as atomic:`;
    return this.#complain(path, "the token's decimals are not known", hint);
  }

  #knownDecimals(asset: string): number | undefined {
    const { tokens = {} } = this.#file;
    return Object.hasOwn(tokens, asset) ? tokens[asset]?.decimals : tokenDecimals(asset);
  }

  #checkWhen(when: When | undefined, path: PolicyPath): void {
    if (when?.actions !== undefined) this.#references.checkActions(when.actions, [...path, "actions"]);
    if (when?.networks !== undefined) this.#references.checkNetworks(when.networks, [...path, "networks"]);
  }

  /** rules:alive: what a rule is about has to be somewhere on the chains for which it is meant. */
  #checkReach(path: PolicyPath, networks: readonly (readonly string[] | undefined)[], assets?: readonly string[]): void {
    const given = networks.flatMap((names) => (names === undefined ? [] : [new Set(names.map(chainOf))]));
    const [first, ...others] = given;
    if (first === undefined) return;
    const chains = [...first].filter((chain) => others.every((names) => names.has(chain)));
    if (chains.length === 0)
      this.#complain(path, "none of its networks is one of those in its when, so that it never matters", "name the same in both");
    const isOn = (asset: string): boolean =>
      chains.some((chain) => (asset === "native" ? chain.startsWith("eip155:") : asset.startsWith(`${chain}/`)));
    if (assets !== undefined && !assets.some(isOn)) {
      const hint = `name the chain of what it is about: ${[...new Set(assets.map((asset) => asset.split("/")[0]))].join(", ")}`;
      this.#complain(path, "what it is about is on none of its networks, so that it never matters", hint);
    }
  }

  #match(match: Match, path: PolicyPath): Match {
    if (match.actions !== undefined) this.#references.checkActions(match.actions, [...path, "actions"]);
    if (match.networks !== undefined) this.#references.checkNetworks(match.networks, [...path, "networks"]);
    for (const [index, asset] of (match.assets ?? []).entries()) {
      this.#references.checkAsset(asset, [...path, "assets", index], ["native"]);
    }
    const accounts = (field: "recipients" | "contracts") =>
      match[field] === undefined
        ? {}
        : { [field]: match[field].map((text, index) => this.#references.account(text, [...path, field, index])) };
    return { ...match, ...accounts("recipients"), ...accounts("contracts") };
  }

  /** A shorter window that admits more than a longer one of the same money contradicts it, and so do two maxima of one window. */
  #checkNesting(limits: ReadonlyMap<number, CompiledLimit>): void {
    const alike = new Map<string, CompiledLimit[]>();
    for (const limit of limits.values()) {
      const counted = countsText(limit);
      alike.set(counted, [...(alike.get(counted) ?? []), limit]);
    }
    for (const [index, inner] of limits) {
      for (const outer of alike.get(countsText(inner)) ?? []) {
        if (inner === outer) continue;
        const path = ["rules", index, "max"];
        if (isDeepStrictEqual(anyZone(inner.window), anyZone(outer.window))) {
          this.#complain(path, `"${inner.id}" and "${outer.id}" limit the same in the same window`, "keep one of the two");
        }
        const [innerMs, outerMs] = [windowLengthMs(inner.window), windowLengthMs(outer.window)];
        if (innerMs === undefined || outerMs === undefined || innerMs >= outerMs || BigInt(inner.max) <= BigInt(outer.max))
          continue;
        const problem = `"${inner.id}" allows more in a shorter window than "${outer.id}" in a longer one`;
        this.#complain(path, problem, "lower the shorter window's maximum, or remove one of the two");
      }
    }
  }
}

/** What a limit counts, and when: the same for limits that count the same, however they are written. */
function countsText({ unit, asset, native, per, when }: CompiledLimit): string {
  const networks = when?.networks && [...new Set(when.networks.map(chainOf))].sort();
  const actions = when?.actions && [...new Set(when.actions)].sort();
  return JSON.stringify([unit, asset ?? null, native, [...per].sort(), networks ?? null, actions ?? null]);
}

/** The window with its zone's one name, of the many that some have. */
function anyZone(window: Window): Window {
  if (window.kind !== "calendar") return window;
  const { timeZone = "UTC", ...rest } = window;
  return { ...rest, timeZone: new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone };
}

function zoned(window: Window, { timeZone }: LimitRule): Window {
  return window.kind === "calendar" && timeZone !== undefined ? { ...window, timeZone } : window;
}
