import { parseArguments } from "./lib/arguments.mjs";
import { examples, showExample } from "./lib/examples.mjs";

const { positionals } = parseArguments({
  usage: "npm run example -- NAME",
  summary: "Sets up what an example needs and runs it.",
  positionals: `Examples: ${examples().join(", ")}`,
});
const [name] = positionals;
if (name === undefined || !examples().includes(name)) {
  process.stderr.write(`${name === undefined ? "name an example" : `there is no example "${name}"`}: ${examples().join(", ")}\n`);
  process.exit(2);
}
await showExample(name);
