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
import { type BuiltInAdapters, type EngineExamination, examineAll, openEngines } from "./adapters.js";
import { type CompiledPolicy, type CompileOptions, compilePolicy } from "./compile-policy.js";
import { compiledProvider } from "./compiled-provider.js";
import { EngineJournal } from "./engine-journal.js";
import { createEngineReplay, type EngineReplay } from "./engine-replay.js";
import { Engines } from "./engines.js";
import { type CompiledLimit, limitFor } from "./limit.js";
import { parsePolicy } from "./parse-policy.js";
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
  /** Tells engines what became of attempts whose own process did not; undefined where the policy uses none. */
  readonly replay: EngineReplay | undefined;
  /** What every limit counts at the moment, in atomic units, a line for each combination of scope values in the ledger. */
  balances(scopes?: ScopeValues): Promise<readonly Balance[]>;
  /** Closes the ledger. Attempts that are still open count as armed or reserved until their own dates. */
  dispose(): Promise<void>;
}

/** How a policy is opened. */
export interface LoadOptions extends CompileOptions {
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
  return await openPolicy(readPolicySource(file), file, options);
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
export function checkPolicy(file: string, options: CompileOptions = {}): CompiledPolicy {
  const source = readPolicySource(file);
  return compilePolicy(parsePolicy(source), source, options);
}

/** Asks every engine that a policy file uses what an operator should know of it. @throws PolicyFileError */
export async function examineEngines(file: string, adapters: BuiltInAdapters): Promise<readonly EngineExamination[]> {
  const source = readPolicySource(file);
  const { uses } = compilePolicy(parsePolicy(source), source);
  return await examineAll(uses, { source, builtIn: adapters, logger: { info: () => undefined, warn: () => undefined } });
}

/**
 * Makes the engines that a policy file uses, asks them nothing, and forgets them: what is wrong with a rule `use:` or its options shows.
 * @throws PolicyFileError
 */
export async function checkEngines(file: string, adapters: BuiltInAdapters): Promise<void> {
  const source = readPolicySource(file);
  const { uses } = compilePolicy(parsePolicy(source), source);
  await openEngines(uses, { source, builtIn: adapters, logger: { info: () => undefined, warn: () => undefined } });
}

async function openPolicy(
  source: PolicySource,
  name: string,
  { clock, mustExist, background = true, logger = stderrLogger, openLedger: openOwn, adapters = {}, ...options }: LoadOptions,
): Promise<LoadedPolicy> {
  const policy = compilePolicy(parsePolicy(source), source, options);
  const engines = new Engines(await openEngines(policy.uses, { source, builtIn: adapters, logger }), quietLogger(logger));
  const ledgerOptions: LedgerOptions = {
    times: policy.times,
    ...(clock === undefined ? {} : { clock }),
    ...(mustExist === undefined ? {} : { mustExist }),
  };
  const ledger = await (openOwn?.(ledgerOptions) ?? openLedger(ledgerLocation(policy.ledger, source.file), ledgerOptions));
  const { nodes } = policy;
  const reconciler =
    nodes.size === 0 ? undefined : createReconciler({ ledger, chains: rpcChainReader(nodes), warn: (text) => logger.warn(text) });
  const journal = new EngineJournal(ledger, logger);
  const evidence = nodes.size === 0 ? undefined : { outflowOf: rpcOutflowReader(nodes), marginMs: policy.times.marginMs };
  const replay = engines.areNone ? undefined : createEngineReplay({ ledger, engines, journal, evidence, logger });
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
