// Says what every limit of a policy file counts, one path a line on standard input, one line of JSON each on standard output:
// what the command "agentkit-policy budgets --json" says, without a process for each question.
import { createInterface } from "node:readline";
import { loadPolicy } from "../../packages/agentkit-policy/dist/index.js";

for await (const path of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const policy = await loadPolicy(path, { mustExist: true });
    answer = { balances: await policy.balances() };
    await policy.dispose();
  } catch (error) {
    answer = { error: error.message };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
