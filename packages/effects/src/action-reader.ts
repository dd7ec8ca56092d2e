import type { ActionFacts, ActionReader, Description, InvalidDescription } from "@agentkit-policy/core";
import { declaredEffect, type Effect, type JsonValue } from "@agentkit-policy/schema";
import { isEvmChain } from "./address.js";
import { byCoin, decimalsTable } from "./assets.js";
import { type CatalogueEntry, catalogueEntryOf } from "./catalogue.js";
import { decode } from "./decode.js";
import { type DescribeScope, invalidOf, type Reading, unknownEffects } from "./describe/describer.js";
import { describers } from "./describe/describers.js";
import { KnownTokens } from "./known-tokens.js";

/** Says what an action of the user's own would do, given its plain, tagged arguments. */
export type DescribeAction = (
  args: JsonValue,
  facts: ActionFacts,
) => Description | InvalidDescription | Promise<Description | InvalidDescription>;

export interface ActionReaderOptions {
  /** Decimals of tokens, by CAIP-19 id (`eip155:CHAIN/erc20:0xADDRESS`). They come before the built-in table and the chain. */
  readonly tokens?: Readonly<Record<string, { readonly decimals: number }>>;
  /** Descriptions of actions, by exact name. They come before the built-in ones. */
  readonly describe?: Readonly<Record<string, DescribeAction>>;
}

const noEffects: readonly Effect[] = Object.freeze([]);
const externalEffects: readonly Effect[] = Object.freeze([Object.freeze({ kind: "external", basis: "declared" } as const)]);

/**
 * What is known of AgentKit's built-in actions and of wallet calls, as core's port.
 * @throws TypeError when a key of `tokens` is no token, or its decimals are none.
 */
export function createActionReader(options: ActionReaderOptions = {}): ActionReader {
  const tokens = new KnownTokens(decimalsTable(options.tokens ?? {}));
  const own = new Map(Object.entries(options.describe ?? {}));
  return {
    describe(facts, read) {
      const describeOwn = own.get(facts.actionName);
      if (describeOwn !== undefined) {
        const described = describeOwn(facts.args, facts);
        return described instanceof Promise ? described.then(checked) : checked(described);
      }
      const entry = catalogueEntryOf(facts.actionName);
      // An action that nobody knows may do anything, and is only seen where it goes through the wallet.
      if (entry === undefined) return { effects: unknownEffects, spends: true, throughWallet: true };
      return describeBuiltIn(entry, { facts, read, tokens });
    },
    decode: (call) => decode(call, tokens),
    named: byCoin,
  };
}

/**
 * A description of the user's own, with every asset and account by the name that wallet calls and rules have for it.
 * @throws TypeError when one of its effects is none, which no limit would count
 */
function checked(described: Description | InvalidDescription): Description | InvalidDescription {
  if ("invalid" in described) return described;
  const effects = described.effects.map((value, index) => {
    const effect = declaredEffect(value);
    if (effect === undefined) throw new TypeError(`what describe declares is no effect of the contract (number ${index})`);
    return byCoin(effect);
  });
  return { ...described, effects };
}

function describeBuiltIn(
  entry: CatalogueEntry,
  scope: DescribeScope,
): Description | InvalidDescription | Promise<Description | InvalidDescription> {
  const describer = describers.get(entry.canonical);
  if (describer === undefined) return descriptionOf(entry, scope.facts, plainEffects(entry));
  try {
    const reading = describer(scope);
    if (!(reading instanceof Promise)) return descriptionOf(entry, scope.facts, reading.effects);
    return reading.then(({ effects }: Reading) => descriptionOf(entry, scope.facts, effects)).catch(invalidOf);
  } catch (error) {
    return invalidOf(error);
  }
}

/** What an action does as far as its name tells. */
function plainEffects(entry: CatalogueEntry): readonly Effect[] {
  if (entry.movement === "reads") return noEffects;
  return entry.movement === "external" ? externalEffects : unknownEffects;
}

function descriptionOf(entry: CatalogueEntry, facts: ActionFacts, effects: readonly Effect[]): Description {
  return {
    canonicalAction: entry.canonical,
    effects,
    spends: entry.spends,
    throughWallet: entry.throughWallet === "evm" ? isEvmChain(facts.chainId) : entry.throughWallet,
  };
}
