import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '@jembench/core';
import { errorCode, fileError } from './file-errors.js';
import type { LoadProgress } from './options.js';
import type { Download } from './published.js';

/** The part of a file handle that a download writes with. */
interface Writer {
  write(chunk: Uint8Array): Promise<unknown>;
  close(): Promise<void>;
}

/** The outside world, to be replaced in tests that break it. */
export interface DownloadPorts {
  /** Opens a file to append to, or from the start (`w`). */
  readonly openWriter: (path: string, flags: 'a' | 'w') => Promise<Writer>;
  /** Connections that send nothing for this long are broken. */
  readonly stallMs: number;
  /** Pause before the second attempt; doubled before each further one. */
  readonly pauseMs: number;
}

export const realPorts: DownloadPorts = {
  openWriter: async (path, flags) => {
    const handle = await open(path, flags);
    return {
      // writeFile writes all of the chunk; a single write may be short.
      write: (chunk) => handle.writeFile(chunk),
      close: () => handle.close(),
    };
  },
  stallMs: 30_000,
  pauseMs: 1000,
};

export interface DownloadOptions {
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly signal?: AbortSignal;
  readonly ports?: Partial<DownloadPorts>;
}

const ATTEMPTS = 4;

/** A server's answer or a broken connection: `again` says whether the same address may do better at the next attempt. */
class TransferError extends Error {
  constructor(
    message: string,
    readonly again: boolean,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/**
 * Fetches a file to `path`, which is either complete and checked or absent.
 *
 * Bytes gather in `path + '.part'`, from which a later attempt, or a later process, goes on (HTTP ranges). A wrong checksum or a full disk
 * deletes it; an interruption leaves it. Addresses are tried in order, each up to four times while it breaks off in a way that may pass.
 *
 * @param where starts the messages: the data set's name.
 * @throws InputError when no address gives the file or it cannot be written.
 */
export async function download(
  where: string,
  source: Download,
  path: string,
  options: DownloadOptions = {},
): Promise<void> {
  const failures: string[] = [];
  let last: unknown;
  for (const url of source.urls) {
    try {
      await fromUrl(where, source, url, path, options);
      return;
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      failures.push(`${error.message} from ${url}`);
      last = error;
    }
  }
  throw new InputError(
    `${where}: download of ${source.file}, got ${failures.join('; ')}, wanted the published file; ` +
      'check the connection and start again, or give the folder with the original files as the data folder',
    { cause: last },
  );
}

async function fromUrl(
  where: string,
  source: Download,
  url: string,
  path: string,
  options: DownloadOptions,
): Promise<void> {
  const { pauseMs } = { ...realPorts, ...options.ports };
  const part = `${path}.part`;
  for (let attempt = 1; ; attempt++) {
    try {
      const resumed = await transfer(where, source, url, part, options);
      const sum = await fileSha256(where, part);
      if (sum !== source.sha256) {
        await rm(part, { force: true });
        // What an earlier attempt had left may have been the bad part.
        throw new TransferError(`SHA-256 ${sum.slice(0, 12)}... instead of ${source.sha256.slice(0, 12)}...`, resumed);
      }
      await rename(part, path).catch((error: unknown) => {
        throw fileError(where, 'rename', part, error);
      });
      return;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof TransferError) || !error.again || attempt === ATTEMPTS) throw error;
      await sleep(pauseMs * 2 ** (attempt - 1), undefined, { signal: options.signal });
    }
  }
}

/** Appends what is missing of `part`. @returns whether there was something before. */
async function transfer(
  where: string,
  source: Download,
  url: string,
  part: string,
  options: DownloadOptions,
): Promise<boolean> {
  const { stallMs, openWriter } = { ...realPorts, ...options.ports };
  let have = await fileSize(where, part);
  if (have > source.bytes) {
    await rm(part, { force: true });
    have = 0;
  }
  if (have === source.bytes) return true;
  const stalled = new AbortController();
  const timer = setTimeout(() => {
    stalled.abort(new Error(`nothing for ${stallMs / 1000} s`));
  }, stallMs);
  const signals = options.signal ? [options.signal, stalled.signal] : [stalled.signal];
  let writer: Writer | undefined;
  try {
    const response = await request(url, have, AbortSignal.any(signals));
    // A server may ignore the range and send the whole.
    const resumed = response.status === 206 && have > 0;
    if (!resumed) have = 0;
    writer = await openWriter(part, resumed ? 'a' : 'w').catch((error: unknown) => {
      throw fileError(where, 'open', part, error);
    });
    for await (const chunk of chunks(response)) {
      timer.refresh();
      have += chunk.length;
      if (have > source.bytes) {
        throw new TransferError(`more than the published ${source.bytes} bytes`, false);
      }
      await writer.write(chunk).catch((error: unknown) => {
        throw fileError(where, 'write', part, error);
      });
      options.onProgress?.({ phase: 'download', file: source.file, done: have, total: source.bytes });
    }
    if (have < source.bytes) throw new TransferError(`only ${have} of ${source.bytes} bytes`, true);
    return resumed;
  } catch (error) {
    const full = error instanceof InputError && ['ENOSPC', 'EDQUOT'].includes(errorCode(error.cause) ?? '');
    const excess = error instanceof TransferError && have > source.bytes;
    if (full || excess) {
      await writer?.close().catch(() => undefined);
      writer = undefined;
      await rm(part, { force: true });
    }
    throw error;
  } finally {
    clearTimeout(timer);
    await writer?.close().catch((error: unknown) => {
      throw fileError(where, 'close', part, error);
    });
  }
}

async function request(url: string, from: number, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (from > 0) headers.range = `bytes=${from}-`;
  let response;
  try {
    response = await fetch(url, { headers, signal });
  } catch (error) {
    throw broken(error);
  }
  if (response.status === 206 && !(response.headers.get('content-range') ?? '').startsWith(`bytes ${from}-`)) {
    await response.body?.cancel();
    throw new TransferError('another range than asked for', false);
  }
  if (response.ok) return response;
  await response.body?.cancel();
  const passing = response.status === 408 || response.status === 429 || response.status >= 500;
  throw new TransferError(`HTTP status ${response.status}`, passing);
}

async function* chunks(response: Response): AsyncGenerator<Uint8Array> {
  if (!response.body) return;
  const reader = response.body.getReader();
  try {
    for (;;) {
      const chunk = await reader.read().catch((error: unknown): never => {
        throw broken(error);
      });
      if (chunk.done) return;
      yield chunk.value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** fetch hides the reason (`ENOTFOUND`, `ECONNRESET`, ...) in the cause of a TypeError. */
function broken(error: unknown): TransferError {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = errorCode(inner);
  const text = inner instanceof Error ? inner.message : String(inner);
  const reason =
    { ENOTFOUND: 'no such host or no network', EAI_AGAIN: 'no network', ECONNREFUSED: 'connection refused' }[
      code ?? ''
    ] ?? text;
  return new TransferError(code ? `${reason} (${code})` : reason, true, error);
}

async function fileSize(where: string, path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw fileError(where, 'read', path, error);
  }
}

async function fileSha256(where: string, path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (error) {
    throw fileError(where, 'read', path, error);
  }
  return hash.digest('hex');
}
