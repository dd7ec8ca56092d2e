const columns = [
  ["action", 16],
  ["amount", 10],
  ["to", 6],
  ["decision", 9],
  ["what the model was told", 86],
  ["left", 10],
];

/** What the demo prints: a table of what was tried, then what the chain proves. */
export class Report {
  #failed = 0;
  #proved = 0;

  say(text) {
    process.stdout.write(`${text}\n`);
  }

  head() {
    this.say(line(columns.map(([name]) => name)));
    this.say(columns.map(([, width]) => "-".repeat(width)).join("  "));
  }

  row({ action, amount, to, told, left }) {
    const denied = told.startsWith("Error: denied by policy");
    const text = line([action, amount, to, denied ? "denied" : "allowed", shortened(told, 86), left]);
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
}

function line(cells) {
  return cells
    .map((cell, index) => cell.padEnd(columns[index][1]))
    .join("  ")
    .trimEnd();
}

/** One line of a text that may have several, or end in a long hash. */
function shortened(text, width) {
  const first = text.replaceAll("\n", " ");
  return first.length <= width ? first : `${first.slice(0, width - 1)}…`;
}

function coloured(text, code) {
  return process.stdout.isTTY === true ? `\u001b[${code}m${text}\u001b[0m` : text;
}
