import { spawn } from "node:child_process";
import { root } from "./paths.mjs";

/** A child process that ended with anything but 0. `output` is what it had written, where that was kept. */
export class CommandError extends Error {
  constructor(command, code, output) {
    super(`"${command}" ended with ${code}${output === "" ? "" : `:\n${output}`}`);
    this.code = code;
    this.output = output;
  }
}

/**
 * Runs a command to its end. What it writes goes to standard error, its standard output elsewhere if `stdout` says so; when
 * `quiet`, it is kept and shown only on failure.
 * @returns what it wrote, when `quiet`.
 * @throws CommandError
 */
export function run(command, args, { cwd = root, env = {}, quiet = false, stdout = process.stderr, timeoutMs } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: quiet ? ["ignore", "pipe", "pipe"] : ["ignore", stdout, process.stderr],
      // A command with a limit leads a process group of its own, so that the limit ends whatever it has started.
      detached: timeoutMs !== undefined,
    });
    const stop = timeoutMs === undefined ? () => undefined : endWithin(child, timeoutMs);
    const chunks = [];
    child.stdout?.on("data", (chunk) => chunks.push(chunk));
    child.stderr?.on("data", (chunk) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      stop();
      const output = Buffer.concat(chunks).toString("utf8");
      if (code === 0) resolve(output);
      else reject(new CommandError([command, ...args].join(" "), code ?? signal, output));
    });
  });
}

/** Kills a child's process group after a time, and when this process is interrupted. @returns what calls it off */
function endWithin(child, timeoutMs) {
  const kill = () => {
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
  };
  const interrupted = () => {
    kill();
    process.exit(130);
  };
  const timer = setTimeout(kill, timeoutMs);
  process.once("SIGINT", interrupted);
  process.once("SIGTERM", interrupted);
  return () => {
    clearTimeout(timer);
    process.removeListener("SIGINT", interrupted);
    process.removeListener("SIGTERM", interrupted);
  };
}
