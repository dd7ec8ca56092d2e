import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Anvil } from "../../world/anvil.mjs";
import { findCyclesClients } from "../../world/python.mjs";
import { Talker } from "../../world/talker.mjs";
import { weiAUnit } from "../children/cycles-life.mjs";
import { Contender, type Life, type Living, type Place, ServerOfOne } from "./contender.js";

const pythonFolder = fileURLToPath(new URL("../../../python", import.meta.url));

export interface PublishedClientOptions {
  readonly anvil: Anvil;
  readonly client: "langchain" | "decorator";
  readonly estimate: number;
  readonly actual: number;
}

/** A client that none of us wrote, in Python. Each life of it is a process. */
export class PublishedClient extends Contender {
  /** Versions of what was published, by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly #nest: Talker;

  private constructor(of: ServerOfOne, nest: Talker, versions: Readonly<Record<string, string>>) {
    super(of);
    this.#nest = nest;
    this.versions = versions;
  }

  static async start({ anvil, client, estimate, actual }: PublishedClientOptions): Promise<PublishedClient> {
    const of = await ServerOfOne.start();
    const config = {
      client,
      estimate,
      actual,
      rpcUrl: anvil.rpcUrl,
      baseUrl: of.server.baseUrl,
      apiKey: "a-key",
      tenant: "acme",
      ttlMs: 1_500,
      payment: `0x${(BigInt(actual) * weiAUnit).toString(16)}`,
    };
    const args = ["-m", "cycles_clients.published_client", JSON.stringify(config)];
    const nest = new Talker(client, await findCyclesClients(), args, {
      cwd: pythonFolder,
      env: { PYTHONDONTWRITEBYTECODE: "1" },
    });
    const { versions } = await nest.next("ready");
    return new PublishedClient(of, nest, versions as Readonly<Record<string, string>>);
  }

  protected override async begin({ attempts, atOnce = false, elsewhere = false }: Life, place: Place): Promise<Living> {
    const nest = this.#nest;
    const { workspace, payee } = elsewhere ? { workspace: "elsewhere", payee: elsewherePayee } : place;
    nest.send({ attempts, atOnce, workspace, payee, journal: join(place.folder, "journal") });
    const { pid } = await nest.next("born");
    const before = nest.said.length;
    return {
      paid: async () => void (await nest.next("paid")),
      goOn: () => nest.send({}),
      kill: async () => {
        process.kill(Number(pid), "SIGKILL");
        await nest.next("over");
      },
      over: async () => {
        await nest.next("over");
        const told = nest.said.slice(before).filter(({ say }) => say === "attempted");
        return elsewhere ? [] : told.map(({ outcome }) => String(outcome));
      },
    };
  }

  protected override async end(): Promise<void> {
    await this.#nest.finish();
  }
}

/** Nobody looks at what it gets. */
const elsewherePayee = "0x00000000000000000000000000000000000e15e0";
