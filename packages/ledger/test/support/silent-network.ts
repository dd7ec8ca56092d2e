import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A network between a ledger and its server. */
export interface SilentNetwork {
  /** The server's address, by way of it. */
  readonly url: string;
  /** From now on nothing arrives, and nobody hears that the other side has gone. */
  fallSilent(): void;
  /** How many connections the ledger's side still holds: one that was only ended, and not let go of, keeps its process from ending. */
  held(): number;
}

/** A network to a server, which is there until the test is over. */
export async function silentNetworkTo(server: string): Promise<SilentNetwork> {
  const near: Socket[] = [];
  const far: Socket[] = [];
  let isSilent = false;
  const target = new URL(server);
  const network = createServer({ allowHalfOpen: true }, (one) => {
    const other = connect({ host: target.hostname, port: Number(target.port), allowHalfOpen: true });
    near.push(one);
    far.push(other);
    join(one, other);
    join(other, one);
  });
  function join(from: Socket, to: Socket): void {
    from.on("data", (data) => {
      if (!isSilent) to.write(data);
    });
    from.on("end", () => {
      if (!isSilent) to.end();
    });
    from.on("error", () => undefined);
  }
  await new Promise<void>((resolve) => network.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const socket of [...near, ...far]) socket.destroy();
    await new Promise((resolve) => network.close(resolve));
  });
  const url = new URL(server);
  url.port = String((network.address() as AddressInfo).port);
  return {
    url: url.href,
    fallSilent: () => {
      isSilent = true;
    },
    held: () => {
      // Only who has let go of a connection answers that there is none.
      for (const socket of near) if (isSilent && !socket.destroyed) socket.write("?");
      return near.filter((socket) => !socket.destroyed).length;
    },
  };
}
