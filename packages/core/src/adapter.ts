import type { Logger } from "./logger.js";
import type { PolicyProvider } from "./provider.js";

const mark = Symbol.for("@agentkit-policy/core/adapter");

/** One thing that is wrong with the options of an adapter. */
export interface OptionsIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

type OptionsResult<Options> =
  | { readonly value: Options; readonly issues?: undefined }
  | { readonly issues: readonly OptionsIssue[] };

/** What checks options, by the interface of Standard Schema (standardschema.dev): a schema of zod's is one. */
export interface OptionsSchema<Options> {
  readonly "~standard": { readonly validate: (value: unknown) => OptionsResult<Options> | Promise<OptionsResult<Options>> };
}

/** What an adapter is made with beside its options. */
export interface AdapterScope {
  /** The id of the rule that uses it. */
  readonly rule: string;
  readonly logger: Logger;
  /** Whether its answers count for nothing (`mode: shadow`): it should then ask what its engine would say, and hold nothing. */
  readonly isShadow: boolean;
}

/** An outside engine that a policy file can name: what it is called, what it can be told, and how it is made. */
export interface Adapter<Options = unknown> {
  /** As it is known in texts and logs. */
  readonly name: string;
  readonly options: OptionsSchema<Options>;
  /** One provider, and no composition of several. One that settles does so by `settle`. */
  create(options: Options, scope: AdapterScope): PolicyProvider | Promise<PolicyProvider>;
  /**
   * Which engine these options are for, such as its server and the account there: the same text each time, without secrets, and whatever
   * else the options say. What an engine holds for attempts of a dead process is told to no other one than that, even where a rule of the
   * same id uses another now. Without it the adapter's name has to do.
   */
  identity?(options: Options): string;
  /**
   * What an operator should know before agents run, in lines of text and without secrets: what the options come to, and what the engine
   * says of it. It changes nothing there.
   */
  examine?(options: Options): readonly string[] | Promise<readonly string[]>;
}

/** Makes an engine one that a policy file can name in a rule `use:`. A module of its own exports it as its default. */
export function defineAdapter<Options>(adapter: Adapter<Options>): Adapter<Options> {
  return Object.defineProperty({ ...adapter }, mark, { value: true });
}

/** True for what `defineAdapter` made, in any copy of the package. */
export function isAdapter(value: unknown): value is Adapter {
  return typeof value === "object" && value !== null && Object.hasOwn(value, mark);
}
