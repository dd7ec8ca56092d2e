/** The schema of PostgreSQL in which a ledger lives; a database holds one. */
export const schema = "agentkit_policy";

/**
 * Each runs once, in the order in which it stands; one that changes the tables is added at the end, and none is ever changed. Amounts are text where the program adds them up, and `numeric`, which has no
 * bound, where the database does. `head` has one row, whose lock is the lock of the whole ledger.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE ${schema}.head (
    id int PRIMARY KEY CHECK (id = 0), ledger_id text NOT NULL, high_water bigint NOT NULL, generation bigint NOT NULL
  );
  INSERT INTO ${schema}.head VALUES (0, gen_random_uuid()::text, 0, 0);
  CREATE TABLE ${schema}.entries (
    attempt_id text PRIMARY KEY, ages_at bigint, unproven_until bigint, intent text, tallies bigint[] NOT NULL, entry text NOT NULL
  );
  CREATE INDEX entries_aging ON ${schema}.entries (ages_at) WHERE ages_at IS NOT NULL;
  CREATE INDEX entries_unproven ON ${schema}.entries (unproven_until) WHERE unproven_until IS NOT NULL;
  CREATE INDEX entries_by_intent ON ${schema}.entries (intent) WHERE intent IS NOT NULL;
  CREATE TABLE ${schema}.kinds (id int PRIMARY KEY, kind jsonb NOT NULL);
  CREATE TABLE ${schema}.tallies (
    id bigserial PRIMARY KEY, kind int NOT NULL, key text NOT NULL, open text NOT NULL, dated text NOT NULL, windows jsonb NOT NULL,
    UNIQUE (kind, key)
  );
  CREATE TABLE ${schema}.dates (tally bigint NOT NULL, date bigint NOT NULL, amount numeric NOT NULL, PRIMARY KEY (tally, date));
  CREATE TABLE ${schema}.assets (asset text PRIMARY KEY);
  CREATE TABLE ${schema}.freezes (
    scope text NOT NULL, value text NOT NULL, reason text NOT NULL, since bigint NOT NULL, PRIMARY KEY (scope, value)
  );

  CREATE FUNCTION ${schema}.tally_json(tally ${schema}.tallies) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('kind', tally.kind, 'key', tally.key, 'open', tally.open, 'dated', tally.dated, 'windows', coalesce((
      SELECT jsonb_agg(w || jsonb_build_object(
        'dates', coalesce(near.dates, '[]'), 'before', CASE WHEN near.count = 16 THEN near.last END))
      FROM jsonb_array_elements(tally.windows) AS w, LATERAL (
        SELECT jsonb_agg(jsonb_build_array(d.date, d.amount::text)) AS dates, count(*) AS count, max(d.date) AS last
        FROM (
          SELECT date, amount FROM ${schema}.dates
          WHERE dates.tally = tally.id AND date >= (w->>'since')::bigint ORDER BY date LIMIT 16
        ) AS d
      ) AS near
    ), '[]'))
  $$;

  -- Waits for the ledger's lock, and reads everything that verbs need after it has it: whatever is older may have changed.
  CREATE FUNCTION ${schema}.fetch(needs jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
  DECLARE
    head ${schema}.head;
    now_ms bigint;
    found ${schema}.entries[];
    wanted bigint[];
    result jsonb;
  BEGIN
    SELECT * INTO head FROM ${schema}.head FOR UPDATE;
    now_ms := coalesce((needs->>'now')::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint);
    SELECT coalesce(array_agg(e), '{}') INTO found FROM (
      SELECT * FROM ${schema}.entries WHERE attempt_id IN (SELECT jsonb_array_elements_text(needs->'attempts'))
      UNION
      SELECT * FROM ${schema}.entries WHERE intent IN (SELECT jsonb_array_elements_text(needs->'intents'))
      UNION
      SELECT * FROM ${schema}.entries WHERE ages_at < greatest(now_ms, head.high_water)
      UNION
      SELECT e.* FROM jsonb_array_elements(needs->'unproven') AS u, LATERAL (
        SELECT * FROM ${schema}.entries WHERE unproven_until >= (u->>0)::bigint ORDER BY unproven_until LIMIT (u->>1)::int
      ) AS e
    ) AS e;
    SELECT array_agg(t) INTO wanted FROM (
      SELECT unnest(e.tallies) AS t FROM unnest(found) AS e
      UNION
      SELECT t.id FROM jsonb_array_elements(needs->'tallies') AS n JOIN ${schema}.tallies AS t ON t.kind = (n->>0)::int AND t.key = n->>1
      UNION
      SELECT id FROM ${schema}.tallies WHERE kind IN (SELECT k::int FROM jsonb_array_elements_text(needs->'kinds') AS k)
    ) AS t;
    result := jsonb_build_object(
      'now', now_ms, 'highWater', head.high_water, 'generation', head.generation, 'ledgerId', head.ledger_id,
      'entries', coalesce((SELECT jsonb_agg(e.entry) FROM unnest(found) AS e), '[]'),
      'tallies', coalesce((SELECT jsonb_agg(${schema}.tally_json(t)) FROM ${schema}.tallies AS t WHERE t.id = ANY (wanted)), '[]'),
      'sums', coalesce((
        SELECT jsonb_agg(coalesce((
          SELECT sum(d.amount) FROM ${schema}.tallies AS t JOIN ${schema}.dates AS d ON d.tally = t.id
          WHERE t.kind = (n->>0)::int AND t.key = n->>1 AND d.date >= (n->>2)::bigint AND d.date < (n->>3)::bigint
        ), 0)::text ORDER BY place) FROM jsonb_array_elements(needs->'sums') WITH ORDINALITY AS s(n, place)
      ), '[]'));
    IF head.generation IS DISTINCT FROM (needs->>'generation')::bigint THEN
      result := result || jsonb_build_object(
        'kinds', coalesce((SELECT jsonb_agg(kind || jsonb_build_object('id', id) ORDER BY id) FROM ${schema}.kinds), '[]'),
        'freezes', coalesce((SELECT jsonb_agg(to_jsonb(f) ORDER BY since) FROM ${schema}.freezes AS f), '[]'),
        'assets', coalesce((SELECT jsonb_agg(asset) FROM ${schema}.assets), '[]'));
    END IF;
    RETURN result;
  END $$;

  -- Writes what verbs have changed. The lock is held since the fetch.
  CREATE FUNCTION ${schema}.save(changes jsonb) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE ${schema}.head SET high_water = (changes->>'highWater')::bigint,
      generation = generation + CASE WHEN (changes->>'changesGeneration')::boolean THEN 1 ELSE 0 END;
    INSERT INTO ${schema}.kinds (id, kind) SELECT k.id, k.kind FROM jsonb_to_recordset(changes->'kinds') AS k(id int, kind jsonb);
    INSERT INTO ${schema}.tallies (kind, key, open, dated, windows)
      SELECT t.kind, t.key, t.open, t.dated, t.windows
      FROM jsonb_to_recordset(changes->'tallies') AS t(kind int, key text, open text, dated text, windows jsonb)
      ON CONFLICT (kind, key) DO UPDATE SET open = excluded.open, dated = excluded.dated, windows = excluded.windows;
    INSERT INTO ${schema}.dates (tally, date, amount)
      SELECT t.id, d.date, d.amount FROM jsonb_to_recordset(changes->'dates') AS d(kind int, key text, date bigint, amount numeric)
      JOIN ${schema}.tallies AS t ON t.kind = d.kind AND t.key = d.key
      ON CONFLICT (tally, date) DO UPDATE SET amount = dates.amount + excluded.amount;
    INSERT INTO ${schema}.entries (attempt_id, ages_at, unproven_until, intent, tallies, entry)
      SELECT e.id, e."agesAt", e."unprovenUntil", e.intent, coalesce((
        SELECT array_agg(t.id) FROM jsonb_array_elements(e.tallies) AS n JOIN ${schema}.tallies AS t ON t.kind = (n->>0)::int AND t.key = n->>1
      ), '{}'), e.entry
      FROM jsonb_to_recordset(changes->'entries')
        AS e(id text, "agesAt" bigint, "unprovenUntil" bigint, intent text, tallies jsonb, entry text)
      ON CONFLICT (attempt_id) DO UPDATE SET ages_at = excluded.ages_at, unproven_until = excluded.unproven_until,
        intent = excluded.intent, tallies = excluded.tallies, entry = excluded.entry;
    INSERT INTO ${schema}.assets SELECT jsonb_array_elements_text(changes->'assets') ON CONFLICT DO NOTHING;
    DELETE FROM ${schema}.freezes AS f USING jsonb_to_recordset(changes->'unfreezes') AS u(scope text, value text)
      WHERE f.scope = u.scope AND f.value = u.value;
    INSERT INTO ${schema}.freezes (scope, value, reason, since)
      SELECT scope, value, reason, since
      FROM jsonb_to_recordset(changes->'freezes') AS f(scope text, value text, reason text, since bigint)
      ON CONFLICT (scope, value) DO UPDATE SET reason = excluded.reason, since = excluded.since;
  END $$;
  `,
];

/** Makes or changes the tables, once, whoever comes first. Runs inside a transaction that nobody else can be in. */
export const migrationTable = `
  SELECT pg_advisory_xact_lock(hashtext('${schema}'));
  CREATE SCHEMA IF NOT EXISTS ${schema};
  CREATE TABLE IF NOT EXISTS ${schema}.migrations (version int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());
`;
