// Serves the page on loopback: the files that the build made and no others, with a strict content security policy.
// Reading list: RFC 9110, RFC 9111 §5.2, Content Security Policy Level 3.

import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { systemReason } from './system-reason.js';
import { UsageError } from './usage-error.js';

/** Only this machine can ask. */
export const LOOPBACK = '127.0.0.1';
/** Where the page stands when nothing else is wanted. */
export const USUAL_PORT = 9797;
/** So many ports behind the usual one are tried when it is taken. */
const OTHER_PORTS = 20;

/** `dist/web/`, beside `dist/node/` and `dist/cli/`. */
const FOLDER = fileURLToPath(new URL('../web/', import.meta.url));

const TEXT = 'text/plain; charset=utf-8';
const YAML = 'application/yaml; charset=utf-8';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.yaml': YAML,
  '.txt': TEXT,
  '.webmanifest': 'application/manifest+json',
};

/** The policy of the page's own meta element, and what only a header can say. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self' data: blob:; " +
  "style-src 'self' 'unsafe-inline'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'";

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

const pack = promisify(gzip);

export interface PageServer {
  /** `http://127.0.0.1:9797/` */
  readonly address: string;
  close(): void;
}

export interface PageServerOptions {
  /** 0: any that is free. Without one, the usual one or one of those behind it. */
  readonly port?: number;
  /** A lab file that is read anew whenever the page asks for `served/NAME`. */
  readonly lab?: { readonly name: string; readonly file: string };
}

/** Starts to serve. @throws UsageError when the page was not built or the port is taken */
export async function servePage({ port, lab }: PageServerOptions): Promise<PageServer> {
  if (!existsSync(path.join(FOLDER, 'index.html')))
    throw new UsageError('The page is not built. `npm run build` builds it.');
  const server = createServer((request, response) => void answer(request, response, lab));
  const first = port ?? USUAL_PORT;
  const last = port === undefined ? first + OTHER_PORTS : first;
  for (let tried = first; ; tried++) {
    const problem = await listen(server, tried);
    if (problem === undefined) break;
    if (problem !== 'EADDRINUSE') throw new UsageError(`Port ${tried} can not be used: ${problem}.`);
    if (tried === last) {
      const which = port === undefined ? `The ports ${first} to ${last} are` : `Port ${port} is`;
      throw new UsageError(`${which} taken. Choose another one with --port, or --port 0 for any.`);
    }
  }
  return {
    address: `http://${LOOPBACK}:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** undefined when it listens, otherwise the system's word for why it does not. */
function listen(server: Server, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void => resolve(error.code ?? error.message);
    server.once('error', failed);
    server.listen(port, LOOPBACK, () => {
      server.off('error', failed);
      resolve(undefined);
    });
  });
}

/** The files of the page by their names: nothing else is ever opened. Looked up anew, because a build renames them. */
function pageFiles(): ReadonlyMap<string, string> {
  const files = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [path.relative(FOLDER, file).split(path.sep).join('/'), file]));
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  lab: PageServerOptions['lab'],
): Promise<void> {
  const { method = '', headers, url = '' } = request;
  const send = (status: number, body: Buffer, more: Record<string, string>): void => {
    response.writeHead(status, { ...HEADERS, ...more, 'Content-Length': body.length });
    response.end(method === 'HEAD' ? undefined : body);
  };
  const say = (status: number, words: string, more: Record<string, string> = {}): void =>
    send(status, Buffer.from(`${words}\n`), { 'Content-Type': TEXT, 'Cache-Control': 'no-store', ...more });
  // A name that somebody lets point to loopback is not ours (DNS rebinding).
  if (!/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/i.test(headers.host ?? ''))
    return say(421, 'This server answers for 127.0.0.1 and localhost only.');
  if (method !== 'GET' && method !== 'HEAD') return say(405, 'Only GET and HEAD.', { Allow: 'GET, HEAD' });
  const name = nameOf(url);
  const sendFile = async (file: string, type: string, cache: string): Promise<void> => {
    const bytes = await readFile(file);
    const packs = acceptsGzip(headers['accept-encoding'] ?? '');
    send(200, packs ? await pack(bytes) : bytes, {
      'Content-Type': type,
      'Cache-Control': cache,
      Vary: 'Accept-Encoding',
      ...(packs ? { 'Content-Encoding': 'gzip' } : {}),
    });
  };
  try {
    if (lab !== undefined && name === `served/${lab.name}`) return await sendFile(lab.file, YAML, 'no-store');
    const file = name === undefined ? undefined : pageFiles().get(name);
    if (name === undefined || file === undefined) return say(404, 'There is no such file.');
    const type = TYPES[path.extname(name)] ?? 'application/octet-stream';
    // Names in assets/ carry the hash of what they hold.
    await sendFile(
      file,
      type,
      name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    );
  } catch (error) {
    say(404, `The file can not be read: ${systemReason(error)}.`);
  }
}

/** The path of a request without its slash, `index.html` for the root; undefined when it is malformed. */
function nameOf(target: string): string | undefined {
  try {
    const name = decodeURIComponent(target.replace(/[?#].*$/, '').replace(/^\//, ''));
    return name === '' ? 'index.html' : name;
  } catch {
    return undefined;
  }
}

/** RFC 9110 §12.5.3: `gzip` or `*`, unless with the weight 0. */
function acceptsGzip(accepted: string): boolean {
  return accepted.split(',').some((one) => /^\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*$).*)?$/i.test(one));
}
