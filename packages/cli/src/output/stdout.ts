/**
 * Results go to stdout, everything else to stderr.
 *
 * A reader that went away (`jembench ... | head`) is no error of the command: what is left to print is dropped, the exit code stays.
 */
let closed = false;
let failure: Error | null = null;
let watched = false;

function watch(): void {
  if (watched) return;
  watched = true;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (stream !== process.stdout) return;
      closed = true;
      if (error.code !== 'EPIPE') failure = error;
    });
  }
}

/** Writes a result to stdout. */
export function print(text: string): void {
  watch();
  if (!closed) process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** Writes a line for people to stderr. */
export function say(line: string): void {
  watch();
  process.stderr.write(`${line}\n`);
}

/**
 * Resolves when everything printed has left the process.
 *
 * @throws what became of a result that could not be written (a full disk behind `>`).
 */
export async function flushed(): Promise<void> {
  const drain = (stream: NodeJS.WriteStream): Promise<void> =>
    new Promise((resolve) => {
      if (stream.destroyed) resolve();
      else
        stream.write('', () => {
          resolve();
        });
    });
  await Promise.all([drain(process.stdout), drain(process.stderr)]);
  if (failure !== null) throw failure;
}
