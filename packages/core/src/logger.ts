/** Where everything goes that is said at start or in trouble. */
export interface Logger {
  info(message: string): void;
  warn(message: string): void;
}

/** Standard error: an MCP server owns standard output. */
export const stderrLogger: Logger = {
  info: (message) => void process.stderr.write(`agentkit-policy: ${message}\n`),
  warn: (message) => void process.stderr.write(`agentkit-policy: warning: ${message}\n`),
};
