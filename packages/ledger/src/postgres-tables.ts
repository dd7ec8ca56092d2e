import { functions, maxJournaled, schema } from "./postgres-functions.js";

/**
 * Each runs once, in the order in which it stands; one that changes the tables is added at the end, and none is ever changed once
 * it was released. Amounts are text where the program adds them up, and `numeric`, which has no bound, where the database does.
 * `head` has one row, whose lock is the lock of the whole ledger. Rows that every commit changes have room on their page for
 * the next version of themselves.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE ${schema}.head (
    id int PRIMARY KEY CHECK (id = 0), ledger_id text NOT NULL, high_water bigint NOT NULL, generation bigint NOT NULL,
    mark text NOT NULL, journaled int NOT NULL
  ) WITH (fillfactor = 10);
  INSERT INTO ${schema}.head VALUES (0, gen_random_uuid()::text, 0, 0, '', 0);
  -- What was written and is not in the other tables yet: one verb a row, as many rows as the head says. The others are old. All of them
  -- are there from the beginning, as long as any, so that each has room on a page of its own.
  CREATE TABLE ${schema}.journal (place int PRIMARY KEY, changes jsonb NOT NULL) WITH (fillfactor = 10, toast_tuple_target = 4000);
  INSERT INTO ${schema}.journal SELECT place, to_jsonb(repeat(' ', 1000)) FROM generate_series(1, ${maxJournaled}) AS place;
  CREATE TABLE ${schema}.entries (
    attempt_id text PRIMARY KEY, ages_at bigint, unproven_until bigint, note_due bigint, intent text, tallies jsonb NOT NULL,
    entry text NOT NULL
  );
  CREATE INDEX entries_aging ON ${schema}.entries (ages_at) WHERE ages_at IS NOT NULL;
  CREATE INDEX entries_unproven ON ${schema}.entries (unproven_until) WHERE unproven_until IS NOT NULL;
  CREATE INDEX entries_untold ON ${schema}.entries (note_due) WHERE note_due IS NOT NULL;
  CREATE INDEX entries_by_intent ON ${schema}.entries (intent) WHERE intent IS NOT NULL;
  CREATE TABLE ${schema}.kinds (id int PRIMARY KEY, kind jsonb NOT NULL);
  CREATE TABLE ${schema}.tallies (
    id bigserial PRIMARY KEY, kind int NOT NULL, key text NOT NULL, open text NOT NULL, dated text NOT NULL, windows jsonb NOT NULL,
    UNIQUE (kind, key)
  ) WITH (fillfactor = 50);
  CREATE TABLE ${schema}.dates (tally bigint NOT NULL, date bigint NOT NULL, amount numeric NOT NULL, PRIMARY KEY (tally, date));
  CREATE TABLE ${schema}.assets (asset text PRIMARY KEY);
  CREATE TABLE ${schema}.freezes (
    scope text NOT NULL, value text NOT NULL, reason text NOT NULL, since bigint NOT NULL, PRIMARY KEY (scope, value)
  );
  `,
  // An entry of an index has room for 2,704 bytes, and one user's ids may be longer: long texts are found by their SHA-256. No short one
  // is taken for it: a tally's key begins with a bracket, and whoever looks for an intent compares all of it.
  `
  CREATE FUNCTION ${schema}.indexed(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
  BEGIN
    RETURN CASE WHEN octet_length(value) <= 1000 THEN value ELSE encode(sha256(convert_to(value, 'UTF8')), 'hex') END;
  END $$;
  ALTER TABLE ${schema}.tallies DROP CONSTRAINT tallies_kind_key_key;
  CREATE UNIQUE INDEX tallies_by_key ON ${schema}.tallies (kind, ${schema}.indexed(key));
  DROP INDEX ${schema}.entries_by_intent;
  CREATE INDEX entries_by_intent ON ${schema}.entries (${schema}.indexed(intent)) WHERE intent IS NOT NULL;`,
  functions,
];

/** Makes or changes the tables, once, whoever comes first. Runs inside a transaction that nobody else can be in. */
export const migrationTable = `
  SELECT pg_advisory_xact_lock(hashtext('${schema}'));
  CREATE SCHEMA IF NOT EXISTS ${schema};
  CREATE TABLE IF NOT EXISTS ${schema}.migrations (version int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());
`;

/**
 * Of a connection: statements are planned once and not with every call, and by an index in its own order, since tables are large or will be:
 * whoever wants the first few rows must not have all of them collected and sorted. Each reads what is there once it has the ledger's lock: a
 * stricter isolation, which a database may have by default, would read what was there before, and deny wherever others have written since.
 */
export const planning =
  "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_bitmapscan = off; SET jit = off; SET default_transaction_isolation = 'read committed'";
