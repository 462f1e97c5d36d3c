/**
 * Results go to stdout, everything else to stderr.
 *
 * A reader that went away (`jembench ... | head`) is no error of the command: what is left to print is dropped, the exit code stays.
 */
let closed = false;
let watched = false;

function watch(): void {
  if (watched) return;
  watched = true;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      if (stream === process.stdout) closed = true;
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

/** Resolves when everything printed has left the process. */
export async function flushed(): Promise<void> {
  const drain = (stream: NodeJS.WriteStream): Promise<void> =>
    new Promise((resolve) => {
      if (stream.writableLength === 0 || stream.destroyed) resolve();
      else
        stream.write('', () => {
          resolve();
        });
    });
  await Promise.all([drain(process.stdout), drain(process.stderr)]);
}
