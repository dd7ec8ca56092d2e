import { execFile, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const program = fileURLToPath(new URL("../../dist/command/main.js", import.meta.url));

/** What a run of the command came to. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `agentkit-policy` in a folder. A run that does not end by itself is killed, and its code is no number. */
export function commandIn(folder: string): (...args: string[]) => Promise<Ran> {
  return (...args) =>
    new Promise((resolve) => {
      execFile(process.execPath, [program, ...args], { cwd: folder, timeout: 30_000 }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? Number.NaN), stdout, stderr });
      });
    });
}

/** The same for a run whose output nobody reads: its reader has gone before the first word. */
export function unreadCommandIn(folder: string): (...args: string[]) => Promise<Omit<Ran, "stdout">> {
  return (...args) =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [program, ...args], { cwd: folder, timeout: 30_000 });
      child.stdout.destroy();
      let stderr = "";
      child.stderr.on("data", (chunk) => {
        stderr += String(chunk);
      });
      child.on("close", (code) => resolve({ code: code ?? Number.NaN, stderr }));
    });
}
