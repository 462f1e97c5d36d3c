import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

/** What the page reads and writes beside its files, by path (`/job/...`). */
export interface Exchange {
  /** Null where there is nothing. */
  read(path: string): Uint8Array | null;
  /** False where nothing may be written. */
  write(path: string, body: Uint8Array): Promise<boolean>;
}

export interface SiteServer {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  close(): Promise<void>;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** Isolation gives the fine clock and threads; nothing but the page's own files may run, and it may talk to nobody else. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "connect-src 'self'",
    "style-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/** A checkpoint of the largest encoder is some hundred megabytes. */
const largestBody = 2 ** 30;

/**
 * Serves the files of one folder on a free port of the loopback address, and an exchange of data under `/job/`.
 *
 * Only the files that the folder holds at the start are there, by their names: no path leads out of it. Requests of other pages
 * (another Host, another Origin) are refused.
 */
export async function serveSite(folder: string, exchange: Exchange): Promise<SiteServer> {
  const files = new Map(
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => [
        `/${name}`,
        { type: contentTypes[extname(name)], content: readFileSync(join(folder, name)) },
      ]),
  );
  let origin = '';

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const end = (status: number, content: Uint8Array | string = '', type = 'text/plain; charset=utf-8'): void => {
      response.writeHead(status, { ...headers, 'Content-Type': type, 'Content-Length': content.length });
      response.end(request.method === 'HEAD' ? '' : content);
    };
    const { host, origin: from = origin } = request.headers;
    if (`http://${host ?? ''}` !== origin || from !== origin) {
      end(403, 'only for the page of this server');
      return;
    }
    const path = (request.url ?? '/').split('?')[0];
    if (path.startsWith('/job/')) {
      if (request.method === 'PUT') {
        const body = await bodyOf(request);
        end(body === null ? 413 : (await exchange.write(path, body)) ? 204 : 404);
        return;
      }
      const content = exchange.read(path);
      end(content === null ? 404 : 200, content ?? '', 'application/octet-stream');
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      end(405, 'read only');
      return;
    }
    const file = files.get(path === '/' ? '/index.html' : path);
    if (file === undefined) end(404, 'not here');
    else end(200, file.content, file.type);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** The body, or null where it is too large. */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > largestBody) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
