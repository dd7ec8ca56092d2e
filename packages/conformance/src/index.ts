export { type Ending, endingOf, observed, refusedPolicy, runInCore, watchedTrace } from "./core-runner.js";
export { type CheckedEngine, type Level, type ProviderCheck, providerChecks, type RunningEngine } from "./provider-checks.js";
export { differenceOf, type Result, type ResultFile, resultFile } from "./results.js";
export { type BodyWallet, runBody } from "./scripted-body.js";
export { scriptedPolicy } from "./scripted-policy.js";
export { MemoryTrace, returnedLine, type Trace, type TraceLine } from "./trace.js";
export { type AttemptVector, type Observed, readAttemptVectors } from "./vector.js";
export { readerOf, ScriptedClock, ScriptedWallet, transactionId, world } from "./world.js";
