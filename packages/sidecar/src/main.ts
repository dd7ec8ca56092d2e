#!/usr/bin/env node
import { runSidecar } from "./run-sidecar.js";

await runSidecar();
