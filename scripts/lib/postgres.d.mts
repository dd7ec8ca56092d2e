/** A PostgreSQL of its own, on loopback. */
export interface RunningPostgres {
  readonly url: string;
  /** Starts it again after `end`. */
  start(): Promise<void>;
  /** The address of a database that nobody has used yet. */
  newDatabase(): Promise<string>;
  /** SIGINT ends it in order, SIGKILL as a power cut does. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

export function startPostgres(options?: { readonly settings?: Readonly<Record<string, string>> }): Promise<RunningPostgres>;
