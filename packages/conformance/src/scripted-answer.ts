import { setTimeout as delay } from "node:timers/promises";
import type { Trace } from "./trace.js";
import type { Answer, Answers, VectorError } from "./vector.js";

/** How long after `invoke` has come back a late answer comes, in milliseconds: whoever does not wait for it is seen. */
const lateMs = 20;

const plainest: Readonly<Record<string, unknown>> = {
  allow: { decision: "allow" },
  deny: { decision: "deny", reason: "no" },
};

/** The answer to the nth call of a hook. */
export function nthAnswer(answers: Answers, call: number): Answer {
  if (!Array.isArray(answers)) return answers as Answer;
  const list = answers as readonly Answer[];
  const answer = list[Math.min(call, list.length - 1)];
  if (answer === undefined) throw new Error("a list of answers is empty");
  return answer;
}

/** Whether whoever asks can be sure of it: anything else denies, and its provider hears of the end in the background. */
export function isDecided(answer: Answer): boolean {
  return typeof answer === "string" || "answers" in answer || "promises" in answer;
}

/** What a hook returns, or throws. */
export function give(answer: Answer, trace: Trace): unknown {
  if (typeof answer === "string") return structuredClone(plainest[answer]);
  if ("answers" in answer) return structuredClone(answer.answers);
  if ("promises" in answer) return Promise.resolve(structuredClone(answer.promises));
  if ("rubbish" in answer) return structuredClone(answer.rubbish);
  if ("gives" in answer) return oddValue(answer.gives);
  if ("throws" in answer) throw errorOf(answer.throws);
  if ("rejects" in answer) return Promise.reject(errorOf(answer.rejects));
  if ("hangs" in answer) return new Promise(() => undefined);
  return trace
    .whenReturned()
    .then(() => delay(lateMs))
    .then(() => structuredClone(answer.late));
}

export function errorOf({ name, message }: VectorError): Error {
  return Object.assign(new Error(message), { name });
}

/** Values that JSON has no words for, by the names that vectors use. Each language builds its own nearest one. */
const oddValues: Readonly<Record<string, () => unknown>> = {
  nothing: () => undefined,
  "not a number": () => Number.NaN,
  "an infinite number": () => Number.POSITIVE_INFINITY,
  "a large integer": () => 10n ** 30n,
  "a function": () => () => ({ decision: "allow" }),
  "an error": () => new Error("allow"),
  "a date": () => new Date(0),
  "a set of words": () => new Set(["decision", "allow"]),
  "bytes that spell allow": () => Buffer.from('{"decision":"allow"}'),
  "a decision that its class holds": () => Object.create({ decision: "allow" }),
  "a decision behind a property": () =>
    new (class {
      get decision(): string {
        return "allow";
      }
    })(),
  "an allow behind a proxy that fails": () =>
    new Proxy(
      { decision: "allow" },
      {
        ownKeys: () => {
          throw new Error("no");
        },
      },
    ),
  "a list that holds itself": () => {
    const list: unknown[] = [];
    list.push(list);
    return list;
  },
  "a promise of a promise of nothing": () => Promise.resolve(Promise.resolve(undefined)),
  "a promise that takes its time and gives rubbish": () => delay(1, { decision: "ALLOW" }),
};

function oddValue(name: string): unknown {
  const make = oddValues[name];
  if (make === undefined) throw new Error(`there is no odd value "${name}"`);
  return make();
}
