const write = process.stdout.write.bind(process.stdout) as (text: string, done?: () => void) => boolean;

/** What a command has to say. @param done called once it is out, or nobody reads it any more */
export function print(text: string, done?: () => void): void {
  write(text, done);
}

/**
 * Keeps standard output for what is asked for: a module that a policy uses may write to the console, and JSON with a line before it is none.
 * From now on such lines go to standard error.
 */
export function keepStandardOutput(): void {
  process.stdout.write = process.stderr.write.bind(process.stderr);
}
