/** What an example prints: a table of what was tried, then what the chain proves. */
export class Report {
  #columns;
  #failed = 0;
  #proved = 0;

  /** @param {readonly (readonly [name: string, width: number])[]} columns of which one is named "told" */
  constructor(columns) {
    this.#columns = columns;
  }

  say(text) {
    process.stdout.write(`${text}\n`);
  }

  head() {
    this.say(this.#line(this.#columns.map(([name]) => titles[name] ?? name)));
    this.say(this.#columns.map(([, width]) => "-".repeat(width)).join("  "));
  }

  /** One attempt, by the names of the columns; the decision is read from what the model was told. */
  row(cells) {
    const denied = isDenied(cells.told);
    const all = { ...cells, decision: denied ? "denied" : "allowed" };
    const text = this.#line(this.#columns.map(([name, width]) => shortened(all[name] ?? "", width)));
    this.say(denied ? coloured(text, 33) : text);
  }

  /** Says whether something holds, and remembers that it did not. */
  prove(claim, holds) {
    if (holds) this.#proved += 1;
    else this.#failed += 1;
    this.say(`  ${holds ? coloured("proved", 32) : coloured("FALSE ", 31)}  ${claim}`);
  }

  /** Fails the process when anything was not proved. */
  end() {
    this.say(this.#failed === 0 ? `\nAll ${this.#proved} claims hold.` : `\n${this.#failed} claims do not hold.`);
    if (this.#failed > 0 || this.#proved === 0) process.exitCode = 1;
  }

  #line(cells) {
    return cells
      .map((cell, index) => cell.padEnd(this.#columns[index][1]))
      .join("  ")
      .trimEnd();
  }
}

const titles = { told: "what the model was told" };

/** Whether a text is a policy's denial. */
export function isDenied(told) {
  return told.startsWith("Error: denied by policy");
}

/** One line of a text that may have several, or end in a long hash. */
function shortened(text, width) {
  const first = text.replaceAll("\n", " ");
  return first.length <= width ? first : `${first.slice(0, width - 1)}…`;
}

function coloured(text, code) {
  return process.stdout.isTTY === true ? `\u001b[${code}m${text}\u001b[0m` : text;
}
