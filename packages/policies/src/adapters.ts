import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Adapter, isAdapter, type Logger, type PolicyProvider, providersOf, timedOut, within } from "@agentkit-policy/core";
import type { CompiledUse } from "./compile-policy.js";
import type { EngineOwner } from "./engine-owner.js";
import type { Engine } from "./engines.js";
import { messageOf } from "./message-of.js";
import { optionsError } from "./options-error.js";
import { PolicyFileError } from "./policy-file-error.js";
import type { PolicyPath, PolicySource } from "./policy-source.js";
import { suggestion } from "./suggestion.js";

/** Adapters that a policy can name without a module, loaded when one does. */
export type BuiltInAdapters = Readonly<Record<string, () => Promise<Adapter>>>;

/** What an engine says of itself before agents run. */
export interface EngineExamination {
  readonly rule: string;
  /** The adapter's name or module, as the file has it. */
  readonly use: string;
  readonly lines: readonly string[];
}

export interface AdapterParts {
  readonly source: PolicySource;
  readonly builtIn: BuiltInAdapters;
  readonly logger: Logger;
}

/** So long a module may take to load, to check its options, to make its provider or to say something of itself, in milliseconds. */
const patienceMs = 30_000;

/** @throws Error where it has not answered by then: a program that waits for it for ever says nothing, or ends without a word */
async function inTime<T>(body: () => Promise<T>): Promise<T> {
  const answer = await within(body(), patienceMs);
  if (answer === timedOut) throw new Error(`it did not answer within ${patienceMs / 1_000} s`);
  return answer;
}

/** Makes the engines that a policy uses, in order. @throws PolicyFileError */
export async function openEngines(uses: readonly CompiledUse[], parts: AdapterParts): Promise<Engine[]> {
  const engines: Engine[] = [];
  for (const use of uses) engines.push(await openEngine(use, parts));
  return engines;
}

/** Engines in the place of those that nobody has opened: whatever they would have been asked is denied (fail:closed). */
export function unopenedEngines(uses: readonly CompiledUse[]): Engine[] {
  return uses.map(({ rule }) => {
    const reason = `the engine of the rule "${rule.id}" was not opened`;
    const deny = () => ({ decision: "deny", code: "policy_error", reason }) as const;
    const provider: PolicyProvider = { beforeAction: deny, beforeWalletCall: deny };
    return { id: rule.id, when: rule.when, isShadow: rule.mode === "shadow", owner: { adapter: rule.use }, provider };
  });
}

/** Asks the adapter of every rule what an operator should know of it; one that cannot say it says why. @throws PolicyFileError */
export async function examineAll(uses: readonly CompiledUse[], parts: AdapterParts): Promise<EngineExamination[]> {
  const found: EngineExamination[] = [];
  for (const use of uses) {
    const { adapter, options } = await chosenAdapter(use, parts);
    const { id, use: name } = use.rule;
    found.push({ rule: id, use: name, lines: await linesOf(adapter, options) });
  }
  return found;
}

async function linesOf(adapter: Adapter, options: unknown): Promise<readonly string[]> {
  try {
    const lines: unknown = (await inTime(async () => await adapter.examine?.(options))) ?? ["it says nothing of itself"];
    // A module may be written without types.
    return (Array.isArray(lines) ? lines : [lines]).map(String);
  } catch (error) {
    return [`it could not be asked: ${messageOf(error)}`];
  }
}

async function chosenAdapter({ rule, path }: CompiledUse, parts: AdapterParts): Promise<{ adapter: Adapter; options: unknown }> {
  const complain = complainer(parts.source);
  const adapter = await adapterOf(rule.use, [...path, "use"], parts);
  // A module may be written without types, and what it lacks would show as an error of this code.
  if (typeof adapter.options?.["~standard"]?.validate !== "function")
    complain(
      [...path, "use"],
      `the adapter "${adapter.name}" has no options that can be checked`,
      "give defineAdapter options, a Standard Schema such as z.strictObject({ … }) of zod",
    );
  if (typeof adapter.create !== "function")
    complain(
      [...path, "use"],
      `the adapter "${adapter.name}" makes no provider`,
      "give defineAdapter create, a function of the options",
    );
  const result = await validated(adapter, rule.with).catch((error: unknown) =>
    complain(
      [...path, "with"],
      `the adapter "${adapter.name}" could not check its options: ${messageOf(error)}`,
      "correct the adapter",
    ),
  );
  if (result.issues !== undefined)
    throw optionsError(result.issues, { adapter, options: rule.with, path: [...path, "with"], source: parts.source });
  return { adapter, options: result.value };
}

async function validated(adapter: Adapter, given: unknown) {
  return await inTime(async () => await adapter.options["~standard"].validate(given));
}

async function openEngine(use: CompiledUse, parts: AdapterParts): Promise<Engine> {
  const { rule, path } = use;
  const complain = complainer(parts.source);
  const { adapter, options } = await chosenAdapter(use, parts);
  let provider: PolicyProvider;
  try {
    const context = { rule: rule.id, logger: parts.logger, isShadow: rule.mode === "shadow" };
    provider = await inTime(async () => await adapter.create(options, context));
  } catch (error) {
    return complain(path, `the adapter "${adapter.name}" could not be made: ${messageOf(error)}`, "correct its options");
  }
  if (typeof provider?.beforeAction !== "function" || providersOf(provider)[0] !== provider)
    complain(
      [...path, "use"],
      `the adapter "${adapter.name}" makes no provider`,
      "create has to return one, and no composition of several",
    );
  if (provider.settle === undefined && (provider.afterAction !== undefined || provider.onActionError !== undefined))
    complain(
      [...path, "use"],
      `the adapter "${adapter.name}" does not settle by money`,
      "give its provider settle in place of afterAction and onActionError",
    );
  if (provider.settle !== undefined && provider.beforeWalletCall === undefined && rule.mode !== "shadow")
    parts.logger.warn(
      `the engine of the rule "${rule.id}" judges no wallet calls: what an action moves beyond what it said passes it; give its provider beforeWalletCall`,
    );
  const owner = ownerOf(adapter, options, (problem) =>
    complain([...path, "use"], problem, "identity has to return a text, the same each time for the same engine"),
  );
  return { id: rule.id, when: rule.when, isShadow: rule.mode === "shadow", owner, provider };
}

/** One whose adapter cannot say which it is may be taken for another, and is not used at all. */
function ownerOf(adapter: Adapter, options: unknown, complain: (problem: string) => never): EngineOwner {
  const { name } = adapter;
  if (adapter.identity === undefined) return { adapter: name };
  let identity: unknown;
  try {
    identity = adapter.identity(options);
  } catch (error) {
    return complain(`the adapter "${name}" cannot say which engine its options are for: ${messageOf(error)}`);
  }
  if (typeof identity !== "string") return complain(`the adapter "${name}" says in no text which engine its options are for`);
  return { adapter: name, identity };
}

async function adapterOf(name: string, path: PolicyPath, { source, builtIn }: AdapterParts): Promise<Adapter> {
  const complain = complainer(source);
  const load = Object.hasOwn(builtIn, name) ? builtIn[name] : undefined;
  if (load !== undefined) {
    if (typeof load !== "function")
      complain(path, `the option "adapters" has no function for "${name}"`, `write adapters: { "${name}": async () => adapter }`);
    return await load();
  }
  // From the policy's folder, and never from where the program happens to run.
  const folder = source.file === undefined ? process.cwd() : dirname(resolve(source.file));
  let file: string;
  try {
    file = createRequire(join(folder, "policy.js")).resolve(name);
  } catch (error) {
    if (codeOf(error) === "ERR_PACKAGE_PATH_NOT_EXPORTED")
      return complain(
        path,
        `the package of "${name}" exports nothing under this name that can be found from a policy file`,
        'add "default" to its exports, beside or in place of "import"',
      );
    const names = Object.keys(builtIn);
    const hint = `${suggestion(name, names)}built in: ${names.join(", ") || "none"}; a module of your own is a path such as "./engine.mjs", or a package beside the policy`;
    return complain(path, `there is no adapter "${name}"`, hint);
  }
  let module: { readonly default?: unknown };
  try {
    module = await inTime(async () => await import(pathToFileURL(file).href));
  } catch (error) {
    const hint =
      codeOf(error) === "ERR_MODULE_NOT_FOUND"
        ? "install what it imports beside it, such as: npm install agentkit-policy"
        : "correct the module";
    return complain(path, `the module "${name}" could not be loaded: ${messageOf(error)}`, hint);
  }
  if (!isAdapter(module.default))
    return complain(path, `the module "${name}" exports no adapter`, "export default defineAdapter({ name, options, create })");
  return module.default;
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}

function complainer(source: PolicySource) {
  return (path: PolicyPath, problem: string, hint: string): never => {
    throw new PolicyFileError(source.placeOf(path), problem, hint);
  };
}
