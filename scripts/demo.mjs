import { parseArguments } from "./lib/arguments.mjs";
import { showExample } from "./lib/examples.mjs";

parseArguments({
  usage: "npm run demo",
  summary: "Sets everything up and runs real agents on a real chain on this machine, stopped by their budget.",
});
await showExample("shared-budget");
