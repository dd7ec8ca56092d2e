import { EventEmitter } from "node:events";
import { PassThrough, Writable } from "node:stream";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { FrameReader } from "../src/frame-reader.js";
import { FrameWriter } from "../src/frame-writer.js";

const question = { jsonrpc: "2.0", id: 1, method: "ask", params: { text: "für 5 €" } };

function frame(value: unknown, head = "Content-Length"): Buffer {
  const body = Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
  return Buffer.concat([Buffer.from(`${head}: ${body.length}\r\n\r\n`), body]);
}

/** What a reader makes of pieces that arrive one after the other. */
async function read(...pieces: Buffer[]): Promise<{ messages: unknown[]; errors: string[] }> {
  const stream = new PassThrough();
  const reader = new FrameReader(stream);
  const messages: unknown[] = [];
  const errors: string[] = [];
  reader.onError((error) => errors.push(error.message));
  const closed = new Promise<void>((resolve) => reader.onClose(() => resolve()));
  reader.listen((message) => messages.push(message));
  for (const piece of pieces) stream.write(piece);
  stream.end();
  await closed;
  return { messages, errors };
}

describe("a reader of frames", () => {
  it("puts a message together from single bytes, whatever its letters take", async () => {
    const bytes = [...frame(question)].map((byte) => Buffer.from([byte]));
    expect(await read(...bytes)).toEqual({ messages: [question], errors: [] });
  });

  it("takes several messages from one piece, in their order, and the rest of a third from the next", async () => {
    const [one, two, three] = [frame({ id: 1 }), frame({ id: 2 }), frame({ id: 3 })];
    const cut = three.length - 4;
    const pieces = [Buffer.concat([one, two, three.subarray(0, cut)]), three.subarray(cut)];
    expect((await read(...pieces)).messages).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  });

  it("keeps the beginning of a message when its source uses the same buffer for the rest", () => {
    const source = new EventEmitter();
    const messages: unknown[] = [];
    new FrameReader(source).listen((message) => messages.push(message));
    const bytes = frame(question);
    const buffer = Buffer.alloc(bytes.length);
    for (const [from, to] of [
      [0, 7],
      [7, 30],
      [30, bytes.length],
    ] as const)
      source.emit("data", buffer.subarray(0, bytes.copy(buffer, 0, from, to)));
    expect(messages).toEqual([question]);
  });

  it("puts a large message together once, in however many pieces it comes, and what follows it", async () => {
    const large = frame({ id: 1, text: "x".repeat(1_000_000) });
    const bytes = Buffer.concat([large, frame(question)]);
    const concat = vi.spyOn(Buffer, "concat");
    onTestFinished(() => concat.mockRestore());
    const source = new EventEmitter();
    const messages: unknown[] = [];
    new FrameReader(source).listen((message) => messages.push(message));
    for (let from = 0; from < bytes.length; from += 1_000) source.emit("data", bytes.subarray(from, from + 1_000));
    expect(messages).toEqual([{ id: 1, text: "x".repeat(1_000_000) }, question]);
    const copied = concat.mock.results.reduce((sum, { value }) => sum + (value as Buffer).length, 0);
    expect(copied).toBeLessThan(2 * bytes.length);
  });

  it("reads a head in any case and with other lines in it", async () => {
    const other = Buffer.from("Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n");
    expect(await read(Buffer.concat([other, frame(question, "content-length")]))).toEqual({ messages: [question], errors: [] });
  });

  it.each(["Content-Length: 2x", "Content-Length: ", "Content-Length: -2"])("finds no length in %j", async (head) => {
    const { messages, errors } = await read(Buffer.from(`${head}\r\n\r\n{}`));
    expect(messages).toEqual([]);
    expect(errors).toEqual(["a message has no Content-Length"]);
  });

  it("loses a message that is no JSON, and not the one after it", async () => {
    const { messages, errors } = await read(Buffer.concat([frame("{"), frame(question)]));
    expect(messages).toEqual([question]);
    expect(errors).toHaveLength(1);
  });

  it("reports a head without a length, and reads on with what comes next", async () => {
    const { messages, errors } = await read(Buffer.from("hello\r\n\r\nworld"), frame(question));
    expect(messages).toEqual([question]);
    expect(errors).toEqual(["a message has no Content-Length"]);
  });
});

describe("a writer of frames", () => {
  it("writes head and body in one piece that the reader understands", async () => {
    const pieces: Buffer[] = [];
    const stream = new Writable({
      write(piece: Buffer, _encoding, done) {
        pieces.push(piece);
        done();
      },
    });
    await new FrameWriter(stream).write(question);
    expect(pieces).toEqual([frame(question)]);
    expect((await read(...pieces)).messages).toEqual([question]);
  });

  it("rejects what could not be written, and says so to who listens", async () => {
    const stream = new Writable({
      write(_piece, _encoding, done) {
        done(new Error("the host is gone"));
      },
    });
    const writer = new FrameWriter(stream);
    const errors: string[] = [];
    writer.onError(([error]) => errors.push(error.message));
    await expect(writer.write(question)).rejects.toThrow("the host is gone");
    await expect.poll(() => errors).toEqual(["the host is gone"]);
  });
});
