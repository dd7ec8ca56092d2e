// A hook for policies, and a runner that tries it on the vectors of decision, order and failure, from schemas/v1 alone: how
// much a further language has to do. It is no product: it reads no effects and counts no money.
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";

const read = (name) => JSON.parse(readFileSync(new URL(`../../schemas/v1/${name}.json`, import.meta.url), "utf8"));
const saysFailed = new RegExp(`^\\s*(${read("outcome-labels").beginnings.join("|")})(?![a-z])`, "i");
const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value) => typeof value === "string";
const isSpan = (value) => Number.isSafeInteger(value) && value >= 0;
const metadata = (value) => isRecord(value) && Object.values(value).every(isText);
const code = (value) => isText(value) && /^[a-z][a-z0-9_]{0,63}$/.test(value);
const allowMembers = { metadata, settlement: isRecord, validForMs: isSpan };
const denyMembers = { metadata, code, retryAfterMs: isSpan, approval: (value) => isRecord(value) && isText(value.id) };

/** A copy of an answer as plain data, if it is a decision; undefined for whatever is neither an allow nor a deny. */
function decisionOf(answer) {
  try {
    const copy = JSON.parse(JSON.stringify(answer));
    if (copy.decision !== "allow" && (copy.decision !== "deny" || !isText(copy.reason))) return undefined;
    const checks = Object.entries(copy.decision === "allow" ? allowMembers : denyMembers);
    return checks.every(([name, isValid]) => copy[name] === undefined || isValid(copy[name])) ? copy : undefined;
  } catch {
    return undefined;
  }
}

/** What hooks and callers hear of a denial. `own` is what the action itself had said. */
const deniedError = (denial, ...own) =>
  Object.assign(new Error(`denied by policy (${denial.code}): ${denial.reason}`), { name: "ActionDeniedError", denial, own });

class Attempt {
  constructor(providers, now, { wallet = true, deadlineMs = 5_000, onDeny }) {
    Object.assign(this, { providers, now, guarded: wallet, deadlineMs, onDeny, sends: [], allows: [] });
    this.context = { moneyVisible: wallet };
  }

  /** An allow, or a denial: anything but a decision in time is one. */
  async ask(provider, hook, deadline) {
    const denied = (reason, words) => ({ denial: { code: reason, reason: `the policy "${provider.name}" ${words}` } });
    try {
      const asked = Promise.resolve(provider[hook](this.context)).then((value) => ({ value }));
      const answer = await Promise.race([asked, delay(deadline - this.now())]);
      const decision = decisionOf(answer?.value);
      // Whoever has allowed hears of the end, even where its allow came too late to count.
      if (decision?.decision === "allow") this.allows.push({ provider, ...decision });
      if (answer === undefined || this.now() > deadline) return denied("policy_timeout", "did not answer in time");
      if (decision === undefined) return denied("invalid_decision", "gave an answer that is neither allow nor deny");
      if (decision.decision === "allow") return decision;
      return { denial: { code: decision.code ?? "denied", reason: decision.reason || "no reason was given" } };
    } catch {
      return denied("policy_error", "failed");
    }
  }

  /** Why not, if not. Asks all in order: the first denial ends it; allows that ran out meanwhile are asked for twice more. */
  async denialOf(hook) {
    const deadline = this.now() + this.deadlineMs;
    for (let round = 0; round < 3; round += 1) {
      let end = Number.POSITIVE_INFINITY;
      for (const provider of this.providers.filter((candidate) => hook in candidate)) {
        const askedAt = this.now();
        const { denial, validForMs = Number.POSITIVE_INFINITY } = await this.ask(provider, hook, deadline);
        if (denial !== undefined) return denial;
        end = Math.min(end, askedAt + validForMs);
      }
      if (this.now() <= end) return undefined;
    }
    return { code: "allow_expired", reason: "the permission ran out before it could be used" };
  }

  /** One denied wallet call denies all that follow. */
  async walletCall(isSend, run) {
    if (this.guarded) this.denial ??= await this.denialOf("beforeWalletCall");
    if (this.denial !== undefined) throw deniedError(this.denial);
    const id = run();
    if (isSend && this.guarded) this.sends.push({ id, chainId: "eip155:84532", status: "submitted" });
  }

  /** A denial is text for the model to read, and what the action said comes after it. */
  async invoke(body) {
    const { result, error } = await this.run(body);
    if (error === undefined) return result;
    if (error.denial === undefined || this.onDeny === "throw") throw error;
    return [`Error: ${error.message}`, ...error.own].join("\n");
  }

  async run(body) {
    this.refused = await this.denialOf("beforeAction");
    const [{ value: result, reason }] = this.refused === undefined ? await Promise.allSettled([body()]) : [{}];
    const denial = this.refused ?? this.denial;
    const error = denial === undefined ? reason : deniedError(denial, ...[reason?.message ?? result ?? []].flat());
    const failed = this.refused ? "denied" : this.sends.length > 0 ? "unknown" : "failed";
    await this.tell(error !== undefined || saysFailed.test(result) ? failed : "succeeded", result, error);
    return { result, error };
  }

  /** Whoever allowed, last first. An error is told only where nothing left; a hook that fails changes nothing. */
  async tell(status, result, error) {
    const entered = status !== "denied";
    const outcome = { status, entered, spent: [], transactions: this.sends, journalComplete: this.guarded };
    const nothingLeft = !entered || (status === "failed" && this.guarded);
    for (const provider of this.providers.filter((one) => this.allows.some((allow) => allow.provider === one)).reverse()) {
      const settlements = this.allows.flatMap((allow) => (allow.provider === provider ? (allow.settlement ?? []) : []));
      const settle = () => provider.settle(this.context, outcome, settlements);
      try {
        if ("settle" in provider) await settle();
        else if (nothingLeft) await provider.onActionError?.(this.context, outcome, error);
        else await provider.afterAction?.(this.context, outcome, result);
      } catch {
        if ("settle" in provider) delay(20).then(settle);
      }
    }
  }
}

const errorOf = ({ name, message }) => Object.assign(new Error(message), { name });
// biome-ignore format: a line for each of them would say no more
const oddValues = new Map([
  ["nothing", undefined], ["not a number", Number.NaN], ["an infinite number", 1 / 0], ["a large integer", 10n ** 30n],
  ["a function", () => ({ decision: "allow" })], ["an error", new Error("allow")], ["a date", new Date(0)],
  ["a set of words", new Set(["decision", "allow"])], ["bytes that spell allow", Buffer.from('{"decision":"allow"}')],
  ["a decision that its class holds", Object.create({ decision: "allow" })], ["a list that holds itself", ((list) => list.push(list) && list)([])],
  ["a decision behind a property", new (class { get decision() { return "allow"; } })()],
  ["an allow behind a proxy that fails", new Proxy({ decision: "allow" }, { ownKeys: () => undefined.no })],
  ["a promise of a promise of nothing", Promise.resolve(Promise.resolve())],
  ["a promise that takes its time and gives rubbish", delay(1, { decision: "ALLOW" })],
]);
const ways = {
  answers: (value) => value,
  rubbish: (value) => value,
  promises: async (value) => value,
  gives: (name) => oddValues.get(name),
  rejects: (error) => Promise.reject(errorOf(error)),
  hangs: () => new Promise(() => undefined),
};
const hooksOf = { rfc: ["afterAction", "onActionError"], money: ["settle"], bare: [] };
const factsOf = {
  settle: (settlements) => ({ spent: [], settlements: settlements.length > 0 ? settlements : undefined }),
  afterAction: (result) => ({ result }),
  onActionError: ({ name, message, denial: d }) => ({ error: `${name}: ${d ? `${d.code}: ${d.reason}` : message}` }),
};

/** Providers, an action and a wallet that do what a vector says, and what was seen of them. */
async function observe({ policy, invoke: { args = {}, ...options } = {}, body = [], expect }) {
  const seen = { trace: [], later: [], record: null };
  let [trace, jumped] = [seen.trace, 0];
  const providers = policy.map(({ name, form = "rfc", shows = [], ...scripts }) => {
    const hook = (kind) => (context, outcome, fact) => {
      const entry = { hook: `${name}.${kind}`, ...Object.fromEntries(shows.map((key) => [key, context[key]])) };
      if (outcome !== undefined) Object.assign(entry, { status: outcome.status }, factsOf[kind](fact));
      seen.record = outcome ?? seen.record;
      trace.push(entry);
      scripts[kind] = [scripts[kind] ?? "allow"].flat();
      const answer = scripts[kind].length > 1 ? scripts[kind].shift() : scripts[kind][0];
      if (isText(answer)) return { decision: answer, reason: "no" };
      const { advancesMs = 0, ...way } = answer;
      jumped += advancesMs;
      const [[how, what]] = Object.entries(way);
      if (how === "throws") throw errorOf(what);
      return ways[how](what);
    };
    const hooks = ["beforeAction", ...hooksOf[form], ...("beforeWalletCall" in scripts ? ["beforeWalletCall"] : [])];
    return { name, ...Object.fromEntries(hooks.map((kind) => [kind, hook(kind)])) };
  });
  const action = async () => {
    trace.push({ body: args });
    for (const { send, sign, onError = "returned", returns, throws } of body) {
      if (returns !== undefined) return returns;
      if (throws !== undefined) throw errorOf(throws);
      const entry = send === undefined ? { wallet: "sign_message", message: sign } : { wallet: "send", ...send };
      const reach = () => trace.push(entry) && `0x${String(attempt.sends.length + 1).padStart(64, "0")}`;
      try {
        await attempt.walletCall(send !== undefined, reach);
      } catch (error) {
        if (onError === "thrown") throw error;
        if (onError === "returned") return `Error: ${error.message}`;
      }
    }
    return "done";
  };
  const attempt = new Attempt(providers, () => performance.now() + jumped, options);
  const [{ value: returned, reason }] = await Promise.allSettled([attempt.invoke(action)]);
  trace = seen.later;
  while (trace.length < expect.later.length) await delay(2);
  const thrown = reason && { name: reason.name, message: reason.message };
  const decision = { decision: attempt.refused ? "deny" : "allow", ...attempt.refused };
  return JSON.parse(JSON.stringify({ decision, returned, thrown, ...seen }));
}

let held = 0;
const vectors = ["decision", "order", "failure"].flatMap((name) => read(`vectors/${name}`).vectors);
for (const vector of vectors) {
  const seen = await observe(vector);
  if (isDeepStrictEqual(seen, vector.expect)) held += 1;
  else process.stdout.write(`${vector.id}: expected ${JSON.stringify(vector.expect)}\n  saw ${JSON.stringify(seen)}\n`);
}
process.stdout.write(`${held} of ${vectors.length} vectors hold\n`);
process.exit(held === vectors.length ? 0 : 1);
