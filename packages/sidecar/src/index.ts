export type { OpenPolicy, PolicyOpener } from "./open-policy.js";
export { runSidecar } from "./run-sidecar.js";
export { serve } from "./serve.js";
export { Sidecar } from "./sidecar.js";
