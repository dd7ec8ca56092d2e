export { serve } from "./serve.js";
export { Sidecar } from "./sidecar.js";
