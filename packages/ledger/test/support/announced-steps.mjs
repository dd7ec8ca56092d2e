// Makes every step by which a driver reaches its database known, and stands still before the one that is asked for.

/** Standing still for ever, so that a parent can kill this process exactly here. */
export function block() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/**
 * @param {number} target the number of the step before which this process stops, from 1
 * @param {(text: string) => void} say
 */
export async function announceSteps(target, say) {
  let count = 0;
  const announce = (name) => {
    count += 1;
    if (count !== target) return;
    say(`at ${name.trim().split(/[\s(]/, 2).join(" ")}`);
    block();
  };
  announceSqlite((await import("libsql")).default.prototype, announce);
  const builtIn = process.getBuiltinModule?.("node:sqlite");
  if (builtIn !== undefined) announceSqlite(builtIn.DatabaseSync.prototype, announce);
  announcePostgres((await import("pg")).default.Client.prototype, announce);
}

function announceSqlite(prototype, announce) {
  const { exec, prepare } = prototype;
  prototype.exec = function (sql) {
    announce(sql);
    return exec.call(this, sql);
  };
  prototype.prepare = function (sql) {
    const statement = prepare.call(this, sql);
    for (const method of ["run", "all"]) {
      const inner = statement[method];
      statement[method] = function (...values) {
        announce(sql);
        return inner.apply(this, values);
      };
    }
    return statement;
  };
}

/** Over a connection there are two moments: before a message is sent, and once it was answered. */
function announcePostgres(prototype, announce) {
  const { query } = prototype;
  prototype.query = function (asked, ...rest) {
    const sql = asked.text ?? asked;
    announce(`send ${sql}`);
    const result = query.call(this, asked, ...rest);
    return typeof result?.then === "function"
      ? result.then((rows) => {
          announce(`answer ${sql}`);
          return rows;
        })
      : result;
  };
}
