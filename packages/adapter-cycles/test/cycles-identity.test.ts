import { describe, expect, it } from "vitest";
import { cycles } from "../src/cycles-adapter.js";
import { cyclesAdapterOptions } from "../src/cycles-adapter-options.js";

const options = { baseUrl: "https://Cycles.example.com/", apiKey: "a-key", tenant: "Acme" };

function identityOf(more: Partial<typeof options> & Record<string, unknown> = {}): string | undefined {
  return cycles.identity?.(cyclesAdapterOptions.parse({ ...options, ...more }));
}

describe("which Cycles a rule is for", () => {
  it("is the server and the tenant, and no secret", () => {
    expect(identityOf()).toBe("https://cycles.example.com acme");
    expect(identityOf({ baseUrl: "https://user:password@cycles.example.com" })).not.toContain("password");
  });

  it("is another one on another server, also behind the same name, and for another tenant", () => {
    const all = [
      identityOf(),
      identityOf({ baseUrl: "http://127.0.0.1:7878" }),
      identityOf({ baseUrl: "https://cycles.example.com/prod" }),
      identityOf({ baseUrl: "https://cycles.example.com/staging" }),
      identityOf({ tenant: "other" }),
    ];
    expect(new Set(all).size).toBe(5);
    expect(identityOf({ baseUrl: "https://cycles.example.com/prod//" })).toBe(
      identityOf({ baseUrl: "https://cycles.example.com/prod" }),
    );
  });

  it("stays where the key, prices and times are others, or the address is written in another way", () => {
    const prices = { "eip155:1/slip44:60": { worth: "1", decimals: 18 } };
    expect(identityOf({ apiKey: "another", prices, ttlMs: 9_000, timeoutMs: 9, baseUrl: "https://cycles.example.com:443" })).toBe(
      identityOf(),
    );
  });
});
