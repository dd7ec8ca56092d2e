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
      // A command that hangs is a failure too.
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs, killSignal: "SIGKILL" }),
      stdio: quiet ? ["ignore", "pipe", "pipe"] : ["ignore", stdout, process.stderr],
    });
    const chunks = [];
    child.stdout?.on("data", (chunk) => chunks.push(chunk));
    child.stderr?.on("data", (chunk) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const output = Buffer.concat(chunks).toString("utf8");
      if (code === 0) resolve(output);
      else reject(new CommandError([command, ...args].join(" "), code ?? signal, output));
    });
  });
}
