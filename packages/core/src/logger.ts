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

/** A logger whose own failure changes nothing: money has moved whether or not it can be written about. */
export function quietLogger(logger: Logger): Logger {
  const quietly = (log: () => void): void => {
    try {
      log();
    } catch {
      // There is nowhere left to say it.
    }
  };
  return { info: (message) => quietly(() => logger.info(message)), warn: (message) => quietly(() => logger.warn(message)) };
}
