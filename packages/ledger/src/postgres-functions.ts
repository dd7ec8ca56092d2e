import { agedAtOnce } from "./ageing.js";

/** The schema of PostgreSQL in which a ledger lives; a database holds one. */
export const schema = "agentkit_policy";

/** So many verbs are journaled at most before they are filed: whoever files them waits for a few milliseconds. */
export const maxJournaled = 64;

/** The code of the error that undoes what was decided by a clock that was wrong. */
export const assumedWrongly = "AP001";

/**
 * What the program asks the database for. A migration made them, and one that changes them makes all of them anew.
 *
 * Plans are made while the tables are empty, and stay until the database has counted what has come since: until then a join of what is
 * wanted with a table may be planned as a look at all of it. So every row is looked up by itself, in a lateral query with `OFFSET 0`, which
 * keeps the planner from making a join of it.
 */
export const functions = `
  CREATE OR REPLACE FUNCTION ${schema}.tally_json(tally ${schema}.tallies) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('kind', tally.kind, 'key', tally.key, 'open', tally.open, 'dated', tally.dated, 'windows', coalesce((
      SELECT jsonb_agg(w || jsonb_build_object(
        'dates', coalesce(near.dates, '[]'), 'before', CASE WHEN near.count = 64 THEN near.last END))
      FROM jsonb_array_elements(tally.windows) AS w, LATERAL (
        SELECT jsonb_agg(jsonb_build_array(d.date, d.amount::text)) AS dates, count(*) AS count, max(d.date) AS last
        FROM (
          SELECT date, amount FROM ${schema}.dates
          WHERE dates.tally = tally.id AND date >= (w->>'since')::bigint ORDER BY date LIMIT 64
        ) AS d
      ) AS near
    ), '[]'))
  $$;

  -- Entries, in place of what was there, and what they change in the sums.
  CREATE OR REPLACE FUNCTION ${schema}.save_rows(changes jsonb) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    IF changes ? 'tallies' THEN
      INSERT INTO ${schema}.tallies (kind, key, open, dated, windows)
        SELECT t.kind, t.key, t.open, t.dated, t.windows
        FROM jsonb_to_recordset(changes->'tallies') AS t(kind int, key text, open text, dated text, windows jsonb)
        ON CONFLICT (kind, ${schema}.indexed(key)) DO UPDATE SET open = excluded.open, dated = excluded.dated, windows = excluded.windows;
    END IF;
    IF changes ? 'dates' THEN
      INSERT INTO ${schema}.dates (tally, date, amount)
        SELECT t.id, d.date, d.amount FROM jsonb_to_recordset(changes->'dates') AS d(kind int, key text, date bigint, amount numeric),
          LATERAL (SELECT id FROM ${schema}.tallies WHERE kind = d.kind AND ${schema}.indexed(key) = ${schema}.indexed(d.key) OFFSET 0) AS t
        ON CONFLICT (tally, date) DO UPDATE SET amount = dates.amount + excluded.amount;
    END IF;
    IF changes ? 'entries' THEN
      INSERT INTO ${schema}.entries (attempt_id, ages_at, unproven_until, note_due, intent, tallies, entry)
        SELECT e.id, e."agesAt", e."unprovenUntil", e."noteDue", e.intent, e.tallies, e.entry
        FROM jsonb_to_recordset(changes->'entries')
          AS e(id text, "agesAt" bigint, "unprovenUntil" bigint, "noteDue" bigint, intent text, tallies jsonb, entry text)
        ON CONFLICT (attempt_id) DO UPDATE SET ages_at = excluded.ages_at, unproven_until = excluded.unproven_until,
          note_due = excluded.note_due, intent = excluded.intent, tallies = excluded.tallies, entry = excluded.entry;
    END IF;
  END $$;

  -- Of what was changed again, the last counts; what was added at a date is added up.
  CREATE OR REPLACE FUNCTION ${schema}.file_journal(journaled int) RETURNS void LANGUAGE plpgsql AS $$
  DECLARE
    filed jsonb;
  BEGIN
    WITH lines AS (SELECT place, changes FROM ${schema}.journal WHERE place <= journaled)
    SELECT jsonb_build_object(
      'tallies', coalesce((SELECT jsonb_agg(t) FROM (
        SELECT DISTINCT ON (t->'kind', t->'key') t FROM lines, jsonb_array_elements(changes->'tallies') AS t
        ORDER BY t->'kind', t->'key', place DESC
      ) AS t), '[]'),
      'dates', coalesce((SELECT jsonb_agg(d) FROM (
        SELECT d->'kind' AS kind, d->'key' AS key, d->'date' AS date, sum((d->>'amount')::numeric) AS amount
        FROM lines, jsonb_array_elements(changes->'dates') AS d GROUP BY 1, 2, 3
      ) AS d), '[]'),
      'entries', coalesce((SELECT jsonb_agg(e) FROM (
        SELECT DISTINCT ON (e->'id') e FROM lines, jsonb_array_elements(changes->'entries') AS e ORDER BY e->'id', place DESC
      ) AS e), '[]')
    ) INTO filed;
    PERFORM ${schema}.save_rows(filed);
    UPDATE ${schema}.head SET journaled = 0 WHERE id = 0;
  END $$;

  -- Only what must be on the disk waits for it. Its result is assigned, and means nothing: PERFORM would cost a query.
  CREATE OR REPLACE FUNCTION ${schema}.wait_for_disk(durable boolean) RETURNS text LANGUAGE sql AS $$
    SELECT CASE
      WHEN NOT durable THEN set_config('synchronous_commit', 'off', true)
      -- The server would believe in commits before they are on its disk.
      WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', true)
    END
  $$;

  -- Waits for the ledger's lock, and reads everything that verbs need after it has it: whatever is older may have changed.
  CREATE OR REPLACE FUNCTION ${schema}.fetch(needs jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
  DECLARE
    head ${schema}.head;
    now_ms bigint;
    found ${schema}.entries[];
    result jsonb;
  BEGIN
    SELECT * INTO head FROM ${schema}.head WHERE id = 0 FOR UPDATE;
    IF head.journaled > 0 THEN
      PERFORM ${schema}.file_journal(head.journaled);
    END IF;
    now_ms := coalesce((needs->>'now')::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint);
    SELECT coalesce(array_agg(e), '{}') INTO found FROM (
      SELECT e.* FROM jsonb_array_elements_text(needs->'attempts') AS a(id),
        LATERAL (SELECT * FROM ${schema}.entries WHERE attempt_id = a.id OFFSET 0) AS e
      UNION
      SELECT e.* FROM jsonb_array_elements_text(needs->'intents') AS i(key), LATERAL (
        SELECT * FROM ${schema}.entries WHERE ${schema}.indexed(intent) = ${schema}.indexed(i.key) AND intent = i.key OFFSET 0
      ) AS e
      UNION
      (SELECT * FROM ${schema}.entries WHERE ages_at < greatest(now_ms, head.high_water) ORDER BY ages_at LIMIT ${agedAtOnce})
      UNION
      SELECT e.* FROM jsonb_array_elements(needs->'unproven') AS u, LATERAL (
        SELECT * FROM ${schema}.entries WHERE unproven_until >= (u->>0)::bigint
        ORDER BY unproven_until, attempt_id COLLATE "C" LIMIT (u->>1)::int
      ) AS e
      UNION
      SELECT e.* FROM jsonb_array_elements(needs->'untold') AS u, LATERAL (
        SELECT * FROM ${schema}.entries WHERE note_due <= (u->>0)::bigint
        ORDER BY note_due, attempt_id COLLATE "C" LIMIT (u->>1)::int
      ) AS e
    ) AS e;
    result := jsonb_build_object(
      'now', now_ms, 'highWater', head.high_water, 'generation', head.generation, 'ledgerId', head.ledger_id, 'mark', head.mark,
      'entries', coalesce((SELECT jsonb_agg(e.entry) FROM unnest(found) AS e), '[]'),
      'tallies', coalesce((
        SELECT jsonb_agg(${schema}.tally_json(t)) FROM (
          SELECT t.id FROM (
            SELECT (n->>0)::int AS kind, n->>1 AS key FROM unnest(found) AS e, jsonb_array_elements(e.tallies) AS n
            UNION
            SELECT (n->>0)::int, n->>1 FROM jsonb_array_elements(needs->'tallies') AS n
          ) AS named, LATERAL (
            SELECT id FROM ${schema}.tallies AS t
            WHERE t.kind = named.kind AND ${schema}.indexed(t.key) = ${schema}.indexed(named.key) OFFSET 0
          ) AS t
          UNION
          SELECT id FROM ${schema}.tallies WHERE kind IN (SELECT k::int FROM jsonb_array_elements_text(needs->'kinds') AS k)
        ) AS wanted, LATERAL (SELECT * FROM ${schema}.tallies AS known WHERE known.id = wanted.id OFFSET 0) AS t
      ), '[]'),
      'sums', coalesce((
        SELECT jsonb_agg(coalesce((
          SELECT sum(d.amount) FROM (
            SELECT id FROM ${schema}.tallies WHERE kind = (n->>0)::int AND ${schema}.indexed(key) = ${schema}.indexed(n->>1) OFFSET 0
          ) AS t, LATERAL (
            SELECT amount FROM ${schema}.dates WHERE tally = t.id AND date >= (n->>2)::bigint AND date < (n->>3)::bigint OFFSET 0
          ) AS d
        ), 0)::text ORDER BY place) FROM jsonb_array_elements(needs->'sums') WITH ORDINALITY AS s(n, place)
      ), '[]'));
    IF head.generation IS DISTINCT FROM (needs->>'generation')::bigint THEN
      result := result || jsonb_build_object(
        'kinds', coalesce((SELECT jsonb_agg(kind || jsonb_build_object('id', id) ORDER BY id) FROM ${schema}.kinds), '[]'),
        'freezes', coalesce((SELECT jsonb_agg(to_jsonb(f)) FROM ${schema}.freezes AS f), '[]'),
        'assets', coalesce((SELECT jsonb_agg(asset) FROM ${schema}.assets), '[]'));
    END IF;
    RETURN result;
  END $$;

  -- Writes what verbs have changed, while the lock is held and nothing is journaled.
  CREATE OR REPLACE FUNCTION ${schema}.save(changes jsonb) RETURNS void LANGUAGE plpgsql AS $$
  DECLARE
    waiting text := ${schema}.wait_for_disk((changes->>'durable')::boolean);
  BEGIN
    UPDATE ${schema}.head SET high_water = (changes->>'highWater')::bigint, mark = changes->>'mark',
      generation = generation + CASE WHEN (changes->>'changesGeneration')::boolean THEN 1 ELSE 0 END WHERE id = 0;
    PERFORM ${schema}.save_rows(changes);
    IF changes ? 'kinds' THEN
      INSERT INTO ${schema}.kinds (id, kind) SELECT k.id, k.kind FROM jsonb_to_recordset(changes->'kinds') AS k(id int, kind jsonb);
    END IF;
    IF changes ? 'assets' THEN
      INSERT INTO ${schema}.assets SELECT jsonb_array_elements_text(changes->'assets') ON CONFLICT DO NOTHING;
    END IF;
    IF changes ? 'unfreezes' THEN
      DELETE FROM ${schema}.freezes AS f USING jsonb_to_recordset(changes->'unfreezes') AS u(scope text, value text)
        WHERE f.scope = u.scope AND f.value = u.value;
    END IF;
    IF changes ? 'freezes' THEN
      INSERT INTO ${schema}.freezes (scope, value, reason, since)
        SELECT scope, value, reason, since
        FROM jsonb_to_recordset(changes->'freezes') AS f(scope text, value text, reason text, since bigint)
        ON CONFLICT (scope, value) DO UPDATE SET reason = excluded.reason, since = excluded.since;
    END IF;
  END $$;

  -- Writes what was decided before the lock was held, if everything is as was assumed; then gives the time, and null otherwise. Facts
  -- come one by one, since a look into a document costs as much as a statement.
  CREATE OR REPLACE FUNCTION ${schema}.save_if(
    known_mark text, known_ledger text, assumed_ms bigint, tolerance_ms bigint, absent jsonb, intents jsonb,
    next_mark text, next_high_water bigint, durable boolean, is_short boolean, changes jsonb
  ) RETURNS bigint LANGUAGE plpgsql AS $$
  DECLARE
    head ${schema}.head;
    journal_place int;
    now_ms bigint;
    waiting text;
  BEGIN
    -- These may be asked before the lock is held: as long as the mark is the caller's, nobody else has written since. For the same
    -- reason what is journaled needs no look: all of it was written by the caller since it last read.
    IF EXISTS (SELECT FROM ${schema}.entries WHERE ages_at < greatest(assumed_ms, next_high_water)) THEN
      RETURN NULL;
    END IF;
    -- Most verbs take nothing for granted, and a query that finds nothing costs as much as any.
    IF absent <> '[]' THEN
      IF EXISTS (
        SELECT FROM jsonb_array_elements_text(absent) AS a(id),
          LATERAL (SELECT FROM ${schema}.entries WHERE attempt_id = a.id OFFSET 0) AS e
      ) THEN
        RETURN NULL;
      END IF;
    END IF;
    IF intents <> '[]' THEN
      IF EXISTS (
        SELECT FROM jsonb_to_recordset(intents) AS i(key text, known jsonb), LATERAL (
          SELECT attempt_id FROM ${schema}.entries
          WHERE ${schema}.indexed(intent) = ${schema}.indexed(i.key) AND intent = i.key OFFSET 0
        ) AS e
        WHERE NOT i.known ? e.attempt_id
      ) THEN
        RETURN NULL;
      END IF;
    END IF;
    IF is_short THEN
      -- Waits for the lock, asks whether the mark is still there, and leaves the next one: one statement for what every verb does.
      UPDATE ${schema}.head AS h SET high_water = next_high_water, mark = next_mark, journaled = h.journaled + 1
        WHERE id = 0 AND mark = known_mark AND ledger_id = known_ledger AND h.journaled < ${maxJournaled}
        RETURNING h.journaled INTO journal_place;
    END IF;
    IF journal_place IS NULL THEN
      SELECT * INTO head FROM ${schema}.head WHERE id = 0 FOR UPDATE;
      IF head.mark <> known_mark OR head.ledger_id <> known_ledger THEN
        RETURN NULL;
      END IF;
    END IF;
    -- After the lock: whoever held it may have held it for long.
    now_ms := floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint;
    IF abs(now_ms - assumed_ms) > tolerance_ms THEN
      RAISE EXCEPTION 'the clock is not where it was assumed to be' USING ERRCODE = '${assumedWrongly}';
    END IF;
    -- A row is written sooner than three tables and their indexes, and what many verbs have changed is filed in one go.
    IF journal_place IS NOT NULL THEN
      waiting := ${schema}.wait_for_disk(durable);
      UPDATE ${schema}.journal AS j SET changes = save_if.changes WHERE place = journal_place;
    ELSE
      IF head.journaled > 0 THEN
        PERFORM ${schema}.file_journal(head.journaled);
      END IF;
      PERFORM ${schema}.save(changes);
    END IF;
    RETURN now_ms;
  END $$;
  `;
