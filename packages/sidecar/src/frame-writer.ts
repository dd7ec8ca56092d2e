import { AbstractMessageWriter, type Message, type MessageWriter } from "vscode-jsonrpc/node";

/** Where frames go: a stream, or the part of one that this program has kept for itself. */
export interface FrameSink {
  write(frame: string, callback: (error?: Error | null) => void): unknown;
  end(): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "close", listener: () => void): unknown;
}

/**
 * Writes every message in one piece. The library's own writer writes head and body one after the other, a turn of the event
 * loop apart, and each of them wakes the host.
 */
export class FrameWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #sink: FrameSink;

  constructor(sink: FrameSink) {
    super();
    this.#sink = sink;
    sink.on("error", (error) => this.fireError(error));
    sink.on("close", () => this.fireClose());
  }

  write(message: Message): Promise<void> {
    return new Promise((resolve, reject) => {
      const body = JSON.stringify(message);
      const frame = `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
      this.#sink.write(frame, (error) => (error ? reject(error) : resolve()));
    });
  }

  end(): void {
    this.#sink.end();
  }
}
