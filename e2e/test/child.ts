import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findInterpreter, shimFolder } from "../world/python.mjs";
import { Talker } from "../world/talker.mjs";

export type { Said } from "../world/talker.mjs";

const folder = fileURLToPath(new URL("./children", import.meta.url));

/** A process of `test/children`. It is given its configuration as JSON, in its first argument. */
export class Child extends Talker {
  constructor(file: string, config: unknown, interpreter: string = process.execPath, env: NodeJS.ProcessEnv = {}) {
    super(file, interpreter, [join(folder, file), JSON.stringify(config)], { env });
  }
}

/** A child that is a Python program, with the clone's shim and the helpers of the shim's own tests. */
export async function pythonChild(file: string, config: unknown): Promise<Child> {
  if (extname(file) !== ".py") throw new Error(`${file} is no Python program`);
  const { path } = await findInterpreter();
  return new Child(file, config, path, { PYTHONPATH: [shimFolder, join(shimFolder, "..")].join(":") });
}
