import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { InputError } from '@jembench/core';
import { packTar } from 'modern-tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cifarFormats } from '../formats/cifar.js';
import { cachedFolder } from './cache.js';
import { download, realPorts, type DownloadPorts } from './download.js';
import { loadPublished } from './load-published.js';
import type { LoadProgress } from './options.js';
import type { CifarSource, Download } from './published.js';

const body = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) % 251);
const ports = { pauseMs: 1, stallMs: 2000 };

let dir: string;
let server: Server;
let base: string;
/** What the server does with each request, in order; the last one repeats. */
let script: ((request: IncomingMessage, response: ServerResponse) => void)[];
let requests: IncomingMessage[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'jembench-download-'));
  requests = [];
  server = createServer((request, response) => {
    requests.push(request);
    script[Math.min(requests.length, script.length) - 1](request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(dir, { recursive: true });
});

function source(content: Uint8Array = body, overrides: Partial<Download> = {}): Download {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { file: 'f.bin', urls: [`${base}/f.bin`], bytes: content.length, sha256, ...overrides };
}

/** Honest: ranges work. */
function serve(content: Uint8Array = body): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    const from = range ? Number(range[1]) : 0;
    const headers = range ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {};
    response.writeHead(range ? 206 : 200, { 'content-length': content.length - from, ...headers });
    response.end(content.subarray(from));
  };
}

/** Sends `bytes` of what is left; the test closes the connection when they have come (`closing`), for a broken stream drops what it holds. */
function pauseAfter(bytes: number): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const headers = from > 0 ? { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` } : {};
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': body.length - from, ...headers });
    response.write(body.subarray(from, from + bytes));
  };
}

/** Closes the connection of the request under way whenever the bytes that have come are a multiple of `bytes`. */
function closing(bytes: number): (progress: LoadProgress) => void {
  return ({ done }) => {
    if (done % bytes === 0) requests.at(-1)?.socket.destroy();
  };
}

function status(code: number): (request: IncomingMessage, response: ServerResponse) => void {
  return (_, response) => {
    response.writeHead(code).end('no');
  };
}

async function refused(run: Promise<unknown>): Promise<string> {
  const error: unknown = await run.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InputError);
  const { message } = error as InputError;
  expect(message).not.toContain('\n');
  return message;
}

/** A port where nobody listens. */
async function closedPort(): Promise<number> {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  await new Promise((resolve) => other.close(resolve));
  return port;
}

describe('download', () => {
  const path = (): string => join(dir, 'f.bin');

  it('writes the whole file, with progress, and leaves nothing beside it', async () => {
    script = [serve()];
    const seen: LoadProgress[] = [];
    await download('x', source(), path(), { ports, onProgress: (progress) => seen.push(progress) });
    expect(new Uint8Array(await readFile(path()))).toEqual(body);
    expect(await readdir(dir)).toEqual(['f.bin']);
    expect(seen.at(-1)).toEqual({ phase: 'download', file: 'f.bin', done: 100_000, total: 100_000 });
  });

  it('goes on after a reset', async () => {
    script = [
      (request, response) => {
        response.writeHead(200, { 'content-length': body.length });
        // A reset may take bytes with it that had been sent.
        response.write(body.subarray(0, 30_000), () => setTimeout(() => request.socket.resetAndDestroy(), 50));
      },
      serve(),
    ];
    await download('x', source(), path(), { ports });
    expect(new Uint8Array(await readFile(path()))).toEqual(body);
    expect(requests.length).toBe(2);
  });

  it('goes on where a connection was closed', async () => {
    script = [pauseAfter(30_000), pauseAfter(30_000), serve()];
    await download('x', source(), path(), { ports, onProgress: closing(30_000) });
    expect(new Uint8Array(await readFile(path()))).toEqual(body);
    expect(requests.map(({ headers }) => headers.range)).toEqual([undefined, 'bytes=30000-', 'bytes=60000-']);
  });

  it('goes on where an earlier process was stopped', async () => {
    script = [serve()];
    await writeFile(`${path()}.part`, body.subarray(0, 70_000));
    await download('x', source(), path(), { ports });
    expect(new Uint8Array(await readFile(path()))).toEqual(body);
    expect(requests.map(({ headers }) => headers.range)).toEqual(['bytes=70000-']);
  });

  it('starts over with a server that knows no ranges, and after bad leftovers', async () => {
    script = [(_, response) => response.end(body)];
    await writeFile(`${path()}.part`, new Uint8Array(50_000));
    await download('x', source(), path(), { ports });
    expect(new Uint8Array(await readFile(path()))).toEqual(body);

    script = [serve()];
    await rm(path());
    await writeFile(`${path()}.part`, new Uint8Array(50_000)); // the right length of the wrong bytes
    await download('x', source(), path(), { ports });
    expect(new Uint8Array(await readFile(path()))).toEqual(body);

    await rm(path());
    await writeFile(`${path()}.part`, new Uint8Array(200_000));
    await download('x', source(), path(), { ports });
    expect(new Uint8Array(await readFile(path()))).toEqual(body);
  });

  it('tries again after a server error and a stalled connection', async () => {
    script = [status(503), (_, response) => response.writeHead(200).write(body.subarray(0, 1)), serve()];
    await download('x', source(), path(), { ports: { ...ports, stallMs: 200 } });
    expect(new Uint8Array(await readFile(path()))).toEqual(body);
    // The byte that came before the silence is kept.
    expect(requests.map(({ headers }) => headers.range)).toEqual([undefined, undefined, 'bytes=1-']);
  });

  it('takes the next address when one has not got the file, or a wrong one', async () => {
    script = [status(404), serve(Uint8Array.from(body).fill(1, 5, 6)), serve()];
    await download('x', source(body, { urls: ['a', 'b', 'c'].map((at) => `${base}/${at}`) }), path(), { ports });
    expect(new Uint8Array(await readFile(path()))).toEqual(body);
    expect(requests.map(({ url }) => url)).toEqual(['/a', '/b', '/c']);
  });

  it('refuses a wrong checksum and keeps nothing', async () => {
    script = [serve(Uint8Array.from(body).fill(1, 5, 6))];
    expect(await refused(download('x', source(), path(), { ports }))).toMatch(
      /^x: download of f\.bin, got SHA-256 [0-9a-f]{12}\.\.\. instead of [0-9a-f]{12}\.\.\. from http.*, wanted the published file; check the connection/,
    );
    expect(await readdir(dir)).toEqual([]);
  });

  it('refuses more bytes than published and keeps nothing', async () => {
    script = [(_, response) => response.end(Uint8Array.of(...body, 1))];
    expect(await refused(download('x', source(), path(), { ports }))).toContain(
      'got more than the published 100000 bytes from',
    );
    expect(await readdir(dir)).toEqual([]);
  });

  it('says what went wrong when no address works, and keeps what came for the next time', async () => {
    script = [pauseAfter(10_000)];
    const message = await refused(
      download('x', source(body, { urls: [`${base}/a`, `http://127.0.0.1:${await closedPort()}/b`] }), path(), {
        ports,
        onProgress: closing(10_000),
      }),
    );
    expect(message).toMatch(
      /^x: download of f\.bin, got .* from http.*\/a; connection refused \(ECONNREFUSED\) from http:\/\/127\.0\.0\.1:\d+\/b, wanted/,
    );
    expect(await readdir(dir)).toEqual(['f.bin.part']);
    expect((await stat(`${path()}.part`)).size).toBe(40_000);
    script = [serve()];
    await download('x', source(), path(), { ports });
    expect(requests.at(-1)?.headers.range).toBe('bytes=40000-');
  });

  it('says that there is no network', async () => {
    // .invalid never resolves (RFC 2606).
    const message = await refused(
      download('x', source(body, { urls: ['http://jembench.invalid/f'] }), path(), { ports }),
    );
    expect(message).toMatch(
      /got (no such host or no network \(ENOTFOUND\)|no network \(EAI_AGAIN\)) from http:\/\/jembench\.invalid\/f/,
    );
  });

  it('reports a full disk and gives its space back', async () => {
    script = [serve()];
    let written = 0;
    const openWriter: DownloadPorts['openWriter'] = async (file, flags) => {
      const writer = await realPorts.openWriter(file, flags);
      return {
        close: () => writer.close(),
        write: async (chunk) => {
          written += chunk.length;
          if (written > 60_000)
            throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
          await writer.write(chunk);
        },
      };
    };
    expect(await refused(download('x', source(), path(), { ports: { ...ports, openWriter } }))).toBe(
      `x: write ${path()}.part, got no space left on the device (ENOSPC), wanted it to work; free some space or choose another folder`,
    );
    expect(await readdir(dir)).toEqual([]);
    expect(requests.length).toBe(1);
  });

  it('reports a folder that it may not write to', async () => {
    script = [serve()];
    const denied = (): Promise<never> =>
      Promise.reject(Object.assign(new Error('EACCES: permission denied, open'), { code: 'EACCES' }));
    expect(await refused(download('x', source(), path(), { ports: { ...ports, openWriter: denied } }))).toBe(
      `x: open ${path()}.part, got no permission (EACCES), wanted it to work; change the permissions or choose another folder`,
    );
  });

  it('stops at a signal and keeps what came', async () => {
    script = [pauseAfter(30_000)];
    const controller = new AbortController();
    const reason = new Error('stop');
    const stopped = download('x', source(), path(), {
      ports,
      signal: controller.signal,
      onProgress: () => {
        controller.abort(reason);
      },
    });
    await expect(stopped).rejects.toBe(reason);
    expect(await readdir(dir)).toEqual(['f.bin.part']);
  });
});

/** CIFAR-10 records of labels 0, 1, 2, ... */
function cifar(count: number): Uint8Array {
  return Uint8Array.from({ length: count * 3073 }, (_, i) => (i % 3073 === 0 ? Math.floor(i / 3073) % 10 : i % 251));
}

async function tinyCifar(): Promise<{ set: CifarSource; archive: Uint8Array }> {
  const bodies = {
    'cifar/train.bin': cifar(20),
    'cifar/test.bin': cifar(10),
    '../../../escape.bin': cifar(1),
    'cifar/readme.html': cifar(1),
  };
  const archive = gzipSync(
    await packTar(
      Object.entries(bodies).map(([name, content]) => ({ header: { name, size: content.length }, body: content })),
    ),
  );
  const set: CifarSource = {
    kind: 'cifar',
    title: 'tiny',
    format: cifarFormats.cifar10,
    classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    folders: [],
    train: [{ file: 'train.bin', images: 20 }],
    test: [{ file: 'test.bin', images: 10 }],
    downloads: [source(archive, { file: 'tiny.tar.gz', urls: [`${base}/tiny.tar.gz`] })],
  };
  return { set, archive };
}

describe('the cache', () => {
  it('is filled once, then read without a request; of an archive it keeps the files of the set', async () => {
    const { set, archive } = await tinyCifar();
    script = [serve(archive)];
    const cacheDir = join(dir, 'deep', 'cache');
    const first = await loadPublished('tiny', set, { cacheDir }, ports);
    expect([first.train.count, first.test.count, first.notes]).toEqual([20, 10, []]);
    const second = await loadPublished('tiny', set, { cacheDir }, ports);
    expect(second.checksum).toBe(first.checksum);
    expect(requests.length).toBe(1);
    expect(await readdir(cacheDir)).toEqual(['tiny']);
    expect((await readdir(join(cacheDir, 'tiny'))).sort()).toEqual(['test.bin', 'train.bin']);
    expect(await readdir(dir)).toEqual(['deep']);
  });

  it('is downloaded once by two at a time', async () => {
    const { set, archive } = await tinyCifar();
    script = [
      (request, response) => {
        setTimeout(() => {
          serve(archive)(request, response);
        }, 400);
      },
    ];
    const phases = new Set<string>();
    const options = { cacheDir: dir, onProgress: ({ phase }: LoadProgress) => phases.add(phase) };
    const [one, two] = await Promise.all([
      loadPublished('tiny', set, options, ports),
      loadPublished('tiny', set, options, ports),
    ]);
    expect(one.checksum).toBe(two.checksum);
    expect(requests.length).toBe(1);
    expect([...phases].sort()).toEqual(['download', 'read', 'unpack', 'wait']);
  });

  it('does not exist after a download that failed, and is completed by the next', async () => {
    const { set, archive } = await tinyCifar();
    script = [
      (request, response) => {
        response.writeHead(200, { 'content-length': archive.length });
        response.write(archive.subarray(0, 300), () => request.socket.end());
      },
      status(404),
    ];
    expect(await refused(loadPublished('tiny', set, { cacheDir: dir }, ports))).toContain('got HTTP status 404 from');
    expect(await readdir(dir)).toEqual(['tiny.part']);
    script = [serve(archive)];
    expect((await loadPublished('tiny', set, { cacheDir: dir }, ports)).train.count).toBe(20);
    expect(await readdir(dir)).toEqual(['tiny']);
  });

  it('keeps no archive that is damaged though its checksum is right', async () => {
    const { set, archive } = await tinyCifar();
    const damaged = archive.subarray(0, archive.length - 200);
    script = [serve(damaged)];
    const broken = { ...set, downloads: [source(damaged, { file: 'tiny.tar.gz', urls: [`${base}/t`] })] };
    expect(await refused(loadPublished('tiny', broken, { cacheDir: dir }, ports))).toContain('wanted a whole .tar.gz');
    expect(await readdir(dir)).toEqual(['tiny.part']);
  });

  it('says when its folder cannot be made', async () => {
    const { set } = await tinyCifar();
    await writeFile(join(dir, 'file'), '');
    expect(await refused(cachedFolder('tiny', set, new Set(), join(dir, 'file', 'cache')))).toBe(
      `tiny: read ${join(dir, 'file', 'cache', 'tiny')}, got a file where a folder should be (ENOTDIR), wanted it to work; check the path`,
    );
  });

  // Root may write anywhere.
  it.skipIf(process.getuid?.() === 0)('says when its folder may not be written (skipped for root)', async () => {
    const { set } = await tinyCifar();
    const cacheDir = join(dir, 'locked');
    await mkdir(cacheDir);
    await chmod(cacheDir, 0o500);
    expect(await refused(cachedFolder('tiny', set, new Set(), cacheDir))).toContain('got no permission (EACCES)');
    await chmod(cacheDir, 0o700);
  });
});
