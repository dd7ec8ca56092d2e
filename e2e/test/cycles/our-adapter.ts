import type { Anvil } from "../../world/anvil.mjs";
import { freshAccount, setBalance } from "../../world/recipients.mjs";
import { Child } from "../child.js";
import { Life as AgentsLife, type Config, type Order } from "../children/cycles-life.mjs";
import { bookingsAt } from "./bookings.js";
import { Contender, type Life, type Living, muchLaterMs, type Place, type Row, ServerOfOne } from "./contender.js";

export interface OurAdapterOptions {
  readonly anvil: Anvil;
  readonly estimate: number;
  readonly actual: number;
}

/** Our adapter, under AgentKit. A life that is killed is a process; any other is of this one. */
export class OurAdapter extends Contender {
  readonly #anvil: Anvil;
  readonly #config: Config;
  readonly #lives: AgentsLife[] = [];

  private constructor(of: ServerOfOne, { anvil, estimate, actual }: OurAdapterOptions) {
    super(of);
    this.#anvil = anvil;
    this.#config = { rpcUrl: anvil.rpcUrl, baseUrl: of.server.baseUrl, apiKey: "a-key", tenant: "acme", estimate, actual };
  }

  static async start(options: OurAdapterOptions): Promise<OurAdapter> {
    return new OurAdapter(await ServerOfOne.start(), options);
  }

  /** What a dead process has done is proven once nobody may act on it any more: much later, in one more life. */
  override async play(row: Row, place: Place): Promise<string[]> {
    const account = freshAccount(accountOf(place));
    await setBalance(this.#anvil, account.address, 10n ** 18n);
    const outcomes = await super.play(row, place);
    if (!row.lives.some(({ killed }) => killed !== undefined)) return outcomes;
    await this.rest();
    this.of.passMuchTime();
    this.of.server.sweep();
    await this.#here({ ...orderOf({ attempts: [] }, place), laterMs: muchLaterMs }).over();
    return outcomes;
  }

  /** Whether nothing is sent again: what was to be booked is, and it knows. */
  get isQuiet(): boolean {
    return bookingsAt(this.of.server).areHeard;
  }

  /** Ends the lives that are over. */
  async rest(): Promise<void> {
    for (const life of this.#lives.splice(0)) await life.end();
  }

  protected override async begin(life: Life, place: Place): Promise<Living> {
    const order = orderOf(life, place);
    if (life.killed === undefined) return this.#here(order);
    const child = new Child("cycles-payer.mjs", { config: this.#config, order });
    return {
      paid: async () => void (await child.next("paid")),
      goOn: () => {
        throw new Error("a process that is to be killed does not go on");
      },
      kill: async () => await child.kill(),
      over: async () => (await child.next("over")).outcomes as string[],
    };
  }

  #here(order: Order): Living {
    const [paid, goOn] = [new Signal(), new Signal()];
    const life = new AgentsLife(this.#config, order, { paid: () => paid.give(), goOn: async () => await goOn.given });
    this.#lives.push(life);
    const outcomes = life.live();
    return {
      paid: async () => await paid.given,
      goOn: () => goOn.give(),
      kill: async () => {
        throw new Error("this process is not to be killed");
      },
      over: async () => await outcomes,
    };
  }

  protected override async end(): Promise<void> {
    await this.rest();
  }
}

/** Given once, and waited for by anybody. */
class Signal {
  give: () => void = () => undefined;
  readonly given = new Promise<void>((resolve) => {
    this.give = resolve;
  });
}

/** What it does elsewhere is nothing: it opens its policy, and that settles what is due. */
function orderOf({ attempts, atOnce = false, elsewhere = false }: Life, place: Place): Order {
  const { workspace, payee, folder } = place;
  return { workspace, payee, folder, atOnce, accountName: accountOf(place), attempts: elsewhere ? [] : attempts };
}

function accountOf({ payee }: Place): string {
  return `payer of ${payee}`;
}
