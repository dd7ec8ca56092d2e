/** The variables of the environment that name a live Cycles server, and what each of them holds. */
const meanings = {
  CYCLES_BASE_URL: "the server's address, without /v1",
  CYCLES_API_KEY: "a key of a tenant that is there for tests",
  CYCLES_TENANT: "the key's tenant, which has a budget of its own in USD_MICROCENTS",
};

/**
 * The three as they are set, and a sentence about those that are not.
 * @returns {{values: Record<string, string>, areNone: boolean, absent: string | undefined}}
 */
export function cyclesVariables(env = process.env) {
  const names = Object.keys(meanings);
  const values = Object.fromEntries(names.filter((name) => env[name]).map((name) => [name, env[name]]));
  const absent = names.filter((name) => values[name] === undefined);
  return {
    values,
    areNone: absent.length === names.length,
    absent: absent.length === 0 ? undefined : absent.map((name) => `${name} is absent: set it to ${meanings[name]}`).join("\n"),
  };
}
