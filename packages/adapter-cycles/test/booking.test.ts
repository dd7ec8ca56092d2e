import { describe, expect, it } from "vitest";
import { afterCommit, afterEvent, afterLook, afterRelease, type Booking, delayOf, type Next } from "../src/booking.js";
import type { CyclesResult } from "../src/cycles-client.js";
import { errorCodes } from "../src/wire/answers.js";
import { commit, hold } from "./support/commit.js";
import { money } from "./support/server.js";

const event = { kind: "event", hold, amount: 70n, key: "k", overage: "REJECT", refusals: 0, mismatches: 0 } as const;

const unknown = { kind: "unknown", problem: "no answer" } as const;

function refused(code: string, status = 409) {
  return { kind: "refused", status, code, message: "no" } as const;
}

function answered<Body>(body: Body): CyclesResult<Body> {
  return { kind: "answered", body, roundTripMs: 1 };
}

/** The one booking that takes the place of another. */
function insteadOf(next: Next): Booking {
  if (next.kind !== "instead" || next.bookings[0] === undefined) throw new Error(`not instead: ${next.kind}`);
  return next.bookings[0];
}

describe("money that has moved", () => {
  it("is written once the server says so, and then as much as it says", () => {
    expect(afterCommit(commit, answered({ status: "COMMITTED", charged: money(60n) }))).toEqual({ kind: "done", charged: 60n });
    expect(afterEvent(event, answered({ status: "APPLIED", event_id: "e" }))).toEqual({ kind: "done", charged: 70n });
    expect(afterEvent(event, answered({ status: "APPLIED", event_id: "e", charged: money(0n) }))).toEqual({
      kind: "done",
      charged: 0n,
    });
  });

  it("is asked about again with the same key where nobody can tell, or where it may be otherwise in a while", () => {
    const passing = [
      unknown,
      refused("UNAUTHORIZED", 401),
      refused("FORBIDDEN", 403),
      refused("REQUEST_TIMEOUT", 408),
      refused("TOO_EARLY", 425),
      refused("LIMIT_EXCEEDED", 429),
    ];
    for (const result of passing) {
      expect(afterCommit(commit, result)).toMatchObject({ kind: "again" });
      expect(afterEvent(event, result)).toMatchObject({ kind: "again" });
      expect(afterLook(commit, result)).toMatchObject({ kind: "again" });
    }
    expect(afterCommit(commit, { ...unknown, retryAfterMs: 700 })).toEqual({
      kind: "again",
      afterMs: 700,
      problem: "no answer",
    });
  });

  it("is never answered with a release, whatever the refusal", () => {
    for (const code of [...errorCodes, "ADDED_LATER", "constructor"]) {
      for (const next of [
        afterCommit(commit, refused(code)),
        afterEvent(event, refused(code)),
        afterLook(commit, refused(code, 410)),
      ]) {
        const bookings = next.kind === "instead" ? next.bookings : [];
        expect(bookings.filter(({ kind }) => kind === "release")).toEqual([]);
        if (next.kind === "instead") expect(bookings.length).toBeGreaterThan(0);
      }
    }
  });

  it.each([refused("RESERVATION_EXPIRED", 410), refused("NOT_FOUND", 404)])(
    "is told as an event with the commit's key where its hold is gone",
    (result) => {
      expect(afterCommit(commit, result)).toEqual({ kind: "instead", bookings: [event] });
    },
  );

  it.each(["RESERVATION_FINALIZED", "IDEMPOTENCY_MISMATCH"])("is looked for where its hold was ended before: %s", (code) => {
    expect(afterCommit(commit, refused(code))).toEqual({ kind: "look" });
  });

  it.each<[string, bigint | undefined, Next]>([
    ["COMMITTED", 70n, { kind: "done", charged: 70n }],
    ["COMMITTED", 90n, { kind: "done", charged: 90n }],
    ["COMMITTED", 50n, { kind: "instead", bookings: [{ ...event, amount: 20n, key: "k.raise" }] }],
    ["RELEASED", undefined, { kind: "instead", bookings: [event] }],
    ["ACTIVE", undefined, { kind: "again", afterMs: 0, problem: expect.stringContaining("active") }],
    ["COMMITTED", undefined, { kind: "doubtful", afterMs: 0, problem: expect.stringContaining("without an amount") }],
  ])("of which a look finds %s with %s is written as far as it is not", (status, committed, next) => {
    const body = { reservation_id: "r", status, ...(committed === undefined ? {} : { committed: money(committed) }) };
    expect(afterLook(commit, answered(body as never))).toEqual(next);
  });

  it("of which a look finds the hold expired is told as an event", () => {
    expect(afterLook(commit, refused("RESERVATION_EXPIRED", 410))).toEqual({ kind: "instead", bookings: [event] });
  });

  it.each([
    ["NOT_FOUND", 404],
    ["INVALID_REQUEST", 405],
    ["INVALID_REQUEST", 400],
    ["RESERVATION_FINALIZED", 409],
    ["GONE", 410],
  ])("of which a look is refused with %s is not told beside what may be committed", (code, status) => {
    expect(afterLook(commit, refused(code, status))).toMatchObject({ kind: "doubtful", problem: expect.stringContaining(code) });
  });

  it("beyond an overdraft is committed as far as it was held, and the rest told as far as there is room", () => {
    const next = afterCommit({ ...commit, amount: 150n }, refused("OVERDRAFT_LIMIT_EXCEEDED"));
    expect(next).toEqual({
      kind: "instead",
      bookings: [
        { ...commit, amount: 100n, key: "k.held", raiseKey: "k.raise.held" },
        { ...event, amount: 50n, key: "k.raise", overage: "ALLOW_IF_AVAILABLE" },
      ],
    });
  });

  it("as an event has to fit until its own dead hold must have been swept, and then takes what it gets", () => {
    const tried: string[] = [];
    let waitedMs = 0;
    let booking: Booking = event;
    while (booking.kind === "event" && booking.overage !== "ALLOW_IF_AVAILABLE") {
      tried.push(booking.overage);
      waitedMs += delayOf(booking);
      expect(booking.key, "one key for all").toBe("k");
      booking = insteadOf(
        afterEvent(booking, refused(booking.overage === "REJECT" ? "BUDGET_EXCEEDED" : "OVERDRAFT_LIMIT_EXCEEDED")),
      );
    }
    expect(waitedMs, "the sweep comes every five seconds").toBeGreaterThan(5_000);
    expect(tried).toEqual([...Array.from({ length: 8 }, () => "REJECT"), "ALLOW_WITH_OVERDRAFT"]);
    expect(booking).toMatchObject({ kind: "event", overage: "ALLOW_IF_AVAILABLE", amount: 70n });
    if (booking.kind !== "event") throw new Error("no event");
    expect(afterEvent(booking, refused("BUDGET_EXCEEDED")), "and is asked again with a pause").toMatchObject({
      kind: "again",
      afterMs: 0,
    });
  });

  it.each(["REJECT", "ALLOW_WITH_OVERDRAFT", "ALLOW_IF_AVAILABLE"] as const)(
    "as an event whose key was used when its answer was lost is asked for as it may have been booked, %s first, and then an operator's",
    (first) => {
      const tried: string[] = [];
      let next: Next = { kind: "instead", bookings: [{ ...event, overage: first }] };
      while (next.kind === "instead") {
        const booking = insteadOf(next);
        if (booking.kind !== "event") throw new Error("no event");
        expect([booking.key, delayOf(booking)]).toEqual(["k", 0]);
        tried.push(booking.overage);
        next = afterEvent(booking, refused("IDEMPOTENCY_MISMATCH"));
      }
      expect([tried[0], new Set(tried).size, tried.length]).toEqual([first, 3, 3]);
      expect(next).toMatchObject({ kind: "stuck", problem: expect.stringContaining("something else") });
    },
  );

  it("that is said of another hold, or in another unit, is not taken for written", () => {
    const committed = { reservation_id: "r", status: "COMMITTED", committed: money(70n) };
    expect(afterLook(commit, answered(committed as never))).toEqual({ kind: "done", charged: 70n });
    const tokens = { unit: "TOKENS" as const, amount: 70n };
    for (const next of [
      afterLook(commit, answered({ ...committed, reservation_id: "another" } as never)),
      afterLook(commit, answered({ ...committed, committed: tokens } as never)),
      afterCommit(commit, answered({ status: "COMMITTED", charged: tokens })),
      afterEvent(event, answered({ status: "APPLIED", event_id: "e", charged: tokens })),
    ])
      expect(next).toMatchObject({ kind: "doubtful" });
  });

  it.each(["BUDGET_CLOSED", "TENANT_CLOSED", "INVALID_REQUEST", "UNIT_MISMATCH"])(
    "that nobody will write after %s is an operator's",
    (code) => {
      expect(afterCommit(commit, refused(code))).toMatchObject({ kind: "stuck", problem: expect.stringContaining(code) });
      expect(afterEvent(event, refused(code))).toMatchObject({ kind: "stuck" });
    },
  );

  it.each(["ADDED_LATER", "CONCURRENT_MODIFICATION", "constructor"])(
    "is not given up at once for a word that the protocol does not know: %s",
    (code) => {
      for (const next of [
        afterCommit(commit, { ...refused(code), retryAfterMs: 700 }),
        afterEvent(event, { ...refused(code), retryAfterMs: 700 }),
      ])
        expect(next).toEqual({ kind: "doubtful", afterMs: 700, problem: `409 ${code}: no` });
    },
  );

  it("as an event that is refused for a debt takes what there is, as one that is refused for its room", () => {
    expect(insteadOf(afterEvent(event, refused("DEBT_OUTSTANDING")))).toMatchObject({ refusals: 1 });
    expect(insteadOf(afterEvent({ ...event, overage: "ALLOW_WITH_OVERDRAFT" }, refused("DEBT_OUTSTANDING")))).toMatchObject({
      overage: "ALLOW_IF_AVAILABLE",
    });
  });

  it("as an event for which there is no budget is an operator's", () => {
    expect(afterEvent(event, refused("NOT_FOUND", 404))).toMatchObject({ kind: "stuck" });
  });

  it("on a frozen budget waits until it is thawed", () => {
    expect(afterEvent(event, refused("BUDGET_FROZEN"))).toMatchObject({ kind: "again" });
  });
});

describe("a hold of which nothing was spent", () => {
  it("is done with once it is released, or ended otherwise", () => {
    expect(afterRelease(answered({ status: "RELEASED", released: money(100n) }))).toEqual({ kind: "done" });
    for (const code of ["RESERVATION_EXPIRED", "RESERVATION_FINALIZED", "NOT_FOUND"])
      expect(afterRelease(refused(code))).toEqual({ kind: "done" });
  });

  it("is released again where nobody can tell", () => {
    expect(afterRelease(unknown)).toMatchObject({ kind: "again" });
    expect(afterRelease(refused("UNAUTHORIZED", 401))).toMatchObject({ kind: "again" });
  });
});
