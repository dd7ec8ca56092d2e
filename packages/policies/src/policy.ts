import { dirname, resolve } from "node:path";
import { type Logger, type PolicyProvider, quietLogger, stderrLogger } from "@agentkit-policy/core";
import {
  type Balance,
  createReconciler,
  type Ledger,
  type LedgerOptions,
  type Limit,
  openLedger,
  type Reconciler,
  type ScopeValues,
} from "@agentkit-policy/ledger";
import { systemClock } from "@agentkit-policy/schema";
import { type BuiltInAdapters, type EngineExamination, examineAll, openEngines, unopenedEngines } from "./adapters.js";
import { type CompiledPolicy, type CompileOptions, compilePolicy } from "./compile-policy.js";
import { compiledProvider } from "./compiled-provider.js";
import { EngineJournal } from "./engine-journal.js";
import { createEngineReplay, type EngineReplay } from "./engine-replay.js";
import { Engines } from "./engines.js";
import { type CompiledLimit, limitFor } from "./limit.js";
import { parsePolicy, type WrittenRule } from "./parse-policy.js";
import type { PolicyDefinition } from "./policy-file.js";
import { type PolicySource, readPolicySource, sourceOfData } from "./policy-source.js";
import { rpcChainReader } from "./rpc-chain-reader.js";
import { rpcOutflowReader } from "./rpc-outflow.js";

/** A policy that is open: one provider, with the ledger that it spends from. */
export interface LoadedPolicy extends PolicyProvider {
  readonly ledger: Ledger;
  /** SHA-256 of the policy's content. */
  readonly version: string;
  /** Decimals of an asset, where the policy or the built-in table knows them. */
  readonly decimalsOf: (asset: string) => number | undefined;
  /** Proves what became of transactions; undefined where the policy names no node of any chain. */
  readonly reconciler: Reconciler | undefined;
  /** Tells engines what became of attempts whose own process did not; undefined where the policy uses none, or none was opened. */
  readonly replay: EngineReplay | undefined;
  /** What every limit counts at the moment, in atomic units, a line for each combination of scope values in the ledger. */
  balances(scopes?: ScopeValues): Promise<readonly Balance[]>;
  /** Closes the ledger. Attempts that are still open count as armed or reserved until their own dates. */
  dispose(): Promise<void>;
}

/** How a policy is checked. */
export interface CheckOptions extends CompileOptions {
  /**
   * Take every name of an action in the rules as one that there is, for an operator's command that judges nothing. Default false: a rule
   * that names no action protects nobody.
   */
  readonly anyAction?: boolean;
  /**
   * Leave the engines of rules `use:` unopened, and the environment variables in their options unread, for an operator's command on the
   * ledger. Whatever such a rule concerns is denied. Default false.
   */
  readonly withoutEngines?: boolean;
}

/** How a policy is opened. */
export interface LoadOptions extends CheckOptions {
  /** The ledger's clock, for tests and searches. */
  readonly clock?: LedgerOptions["clock"];
  /** Opens the ledger, in place of the one that the policy names: with a driver of one's own. */
  readonly openLedger?: (options: LedgerOptions) => Promise<Ledger>;
  /** Fail with `ledger_unreachable` instead of making a ledger that is not there yet. Default false. */
  readonly mustExist?: boolean;
  /** Whether evidence is looked for in the background, where the policy names a chain's node. Default true. */
  readonly background?: boolean;
  /** Adapters that rules `use:` can name without a module. */
  readonly adapters?: BuiltInAdapters;
  /** Hears of trouble in the background. Default: standard error. */
  readonly logger?: Logger;
}

/**
 * Reads a policy file, checks all of it, and opens its ledger. Relative paths in it resolve against its folder.
 * @throws PolicyFileError with file, line, column and a hint; LedgerFault when the ledger cannot be opened
 */
export async function loadPolicy(file: string, options: LoadOptions = {}): Promise<LoadedPolicy> {
  return await openPolicy(readPolicySource(file, options.withoutEngines), file, options);
}

/**
 * The same as `loadPolicy` for a policy that is written in code, in the file's shape. Relative paths resolve against the
 * working directory.
 * @throws PolicyFileError with the path of what is wrong; LedgerFault
 */
export async function definePolicy(definition: PolicyDefinition, options: LoadOptions = {}): Promise<LoadedPolicy> {
  return await openPolicy(sourceOfData(definition), "policy", options);
}

/** Checks a policy file without opening its ledger. @throws PolicyFileError */
export function checkPolicy(file: string, options: CheckOptions = {}): CompiledPolicy {
  return compiled(readPolicySource(file, options.withoutEngines), options);
}

/** Asks every engine that a policy file uses what an operator should know of it. @throws PolicyFileError */
export async function examineEngines(
  file: string,
  adapters: BuiltInAdapters,
  options: CheckOptions = {},
): Promise<readonly EngineExamination[]> {
  const source = readPolicySource(file);
  return await examineAll(compiled(source, options).uses, { source, builtIn: adapters, logger: silent });
}

/**
 * Makes the engines that a policy file uses, asks them nothing, and forgets them: what is wrong with a rule `use:` or its options shows.
 * @throws PolicyFileError
 */
export async function checkEngines(file: string, adapters: BuiltInAdapters, options: CheckOptions = {}): Promise<void> {
  const source = readPolicySource(file);
  await openEngines(compiled(source, options).uses, { source, builtIn: adapters, logger: silent });
}

const silent: Logger = { info: () => undefined, warn: () => undefined };

function compiled(source: PolicySource, { anyAction = false, ...options }: CheckOptions): CompiledPolicy {
  const written = parsePolicy(source);
  return compilePolicy(written, source, anyAction ? { actions: written.rules.flatMap(actionsOf) } : options);
}

/** The actions that a rule names. */
function actionsOf({ kind, rule }: WrittenRule): readonly string[] {
  const match = kind === "allow" ? rule.allow : kind === "deny" ? rule.deny : undefined;
  return [...(rule.when?.actions ?? []), ...(match?.actions ?? [])];
}

async function openPolicy(source: PolicySource, name: string, options: LoadOptions): Promise<LoadedPolicy> {
  const { clock, mustExist, background = true, logger = stderrLogger, openLedger: openOwn, adapters = {} } = options;
  const { withoutEngines = false } = options;
  const policy = compiled(source, options);
  const opened = withoutEngines
    ? unopenedEngines(policy.uses)
    : await openEngines(policy.uses, { source, builtIn: adapters, logger });
  const engines = new Engines(opened, quietLogger(logger));
  const ledgerOptions: LedgerOptions = {
    times: policy.times,
    ...(clock === undefined ? {} : { clock }),
    ...(mustExist === undefined ? {} : { mustExist }),
  };
  const ledger = await (openOwn?.(ledgerOptions) ?? openLedger(ledgerLocation(policy.ledger, source.file), ledgerOptions));
  const { nodes } = policy;
  const reconciler =
    nodes.size === 0 ? undefined : createReconciler({ ledger, chains: rpcChainReader(nodes), warn: (text) => logger.warn(text) });
  const journal = new EngineJournal(ledger, logger, engines.owners, clock ?? systemClock);
  const { times } = policy;
  const evidence = nodes.size === 0 ? undefined : { outflowOf: rpcOutflowReader(nodes), marginMs: times.marginMs, times };
  // An engine that was not opened can be told nothing, and what it is to hear has to stay untold.
  const isHeard = !engines.areNone && !withoutEngines;
  const replay = isHeard ? createEngineReplay({ ledger, engines, journal, evidence, logger }) : undefined;
  if (engines.areNone && !withoutEngines) await journal.sayWhatIsLeft();
  if (background) {
    reconciler?.start();
    replay?.start();
  }
  const { chains: namedChains = {} } = source.data as PolicyDefinition;
  const provider = compiledProvider({
    policy,
    ledger,
    engines,
    journal,
    name,
    clock: clock ?? systemClock,
  });
  return {
    ...provider,
    ledger,
    version: policy.version,
    decimalsOf: policy.decimalsOf,
    reconciler,
    replay,
    async balances(scopes) {
      const chains = new Set([
        ...Object.keys(namedChains),
        ...(await ledger.assets()).flatMap((asset) => /^(.+)\/slip44:60$/.exec(asset)?.[1] ?? []),
      ]);
      const limits = policy.limits.flatMap((limit) => queriesOf(limit, [...chains]));
      return await ledger.balances({ limits, ...(scopes === undefined ? {} : { scopes }) });
    },
    async dispose() {
      await reconciler?.stop();
      await replay?.stop();
      await ledger.dispose();
    },
  };
}

/** `native` is a limit for each chain; without an attempt, for each that the file names or the ledger knows. */
function queriesOf(limit: CompiledLimit, chains: readonly string[]): Limit[] {
  const contexts = limit.native ? chains.map((chainId) => ({ chainId })) : [{}];
  return contexts.flatMap((context) => limitFor(limit, context) ?? []);
}

function ledgerLocation(location: string, file: string | undefined): string {
  const path = /^sqlite:(.+)$/.exec(location)?.[1];
  if (path === undefined) return location;
  return `sqlite:${resolve(file === undefined ? process.cwd() : dirname(resolve(file)), path)}`;
}
