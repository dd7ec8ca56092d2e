import type { CyclesTestServer, SeenRequest } from "@agentkit-policy/adapter-cycles/test-server";

/** The keys of what was to be booked at a server, and whether each sender has heard that it is: until then it is sent again. */
export function bookingsAt({ requests }: CyclesTestServer): { readonly count: number; readonly areHeard: boolean } {
  const bookings = requests.filter(({ operation }) => operation === "commit" || operation === "event");
  const heard = new Set(bookings.filter(wasHeard).map(({ idempotencyKey }) => idempotencyKey));
  return { count: heard.size, areHeard: bookings.every(({ idempotencyKey }) => heard.has(idempotencyKey)) };
}

/** Whether its sender can know from the answer that it is written: what comes too late, or is rubbish, tells nothing. */
function wasHeard({ status, fault }: SeenRequest): boolean {
  return status !== undefined && status < 300 && (fault === undefined || fault === "twice");
}
