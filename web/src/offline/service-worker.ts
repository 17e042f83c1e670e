// Keeps the page for the time without a network: everything it is made of is stored at the first visit. The page itself is
// asked for anew each time there is a network, so that a new version is seen at once; the rest carries its hash in its name.
// A new version is stored beside the old one and takes its place when no page of the old one is open any more: what an
// open page loads later has to be there still, and without a network a page and its parts must be of one version.
// Reading list: Service Workers (W3C) §3.

/** Put in by the build: the files of the page, and a name for exactly this set of files. */
declare const __OFFLINE__: { readonly version: string; readonly files: readonly string[] };

/** What this file needs of a service worker's global object: the page's types know only windows. */
interface ServiceWorkerScope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  addEventListener(type: 'install' | 'activate', listener: (event: LifeEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
}

interface LifeEvent {
  waitUntil(work: Promise<unknown>): void;
}

interface FetchEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

const scope = globalThis as unknown as ServiceWorkerScope;
const PREFIX = 'wirewalk-';
const CACHE = `${PREFIX}${__OFFLINE__.version}`;
/** Files whose name changes with what they hold. */
const FIXED = 'assets/';
/** Lab files that the server was given. */
const SERVED = 'served/';

scope.addEventListener('install', (event) => event.waitUntil(store()));
scope.addEventListener('activate', (event) => event.waitUntil(takeOver()));
scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const base = scope.registration.scope;
  if (request.method !== 'GET' || !request.url.startsWith(base)) return;
  const file = request.url.slice(base.length);
  event.respondWith(file.startsWith(FIXED) ? fromCacheFirst(request) : fromNetworkFirst(request, file));
});

async function store(): Promise<void> {
  const cache = await caches.open(CACHE);
  // Files with a hash in their name are often in the browser's own cache already; the others may be out of date there.
  await cache.addAll(
    __OFFLINE__.files.map(
      (file) => new Request(file, { cache: file.startsWith(FIXED) ? 'default' : 'no-cache' }),
    ),
  );
}

async function takeOver(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  }
  await scope.clients.claim();
}

async function fromCacheFirst(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request);
}

async function fromNetworkFirst(request: Request, file: string): Promise<Response> {
  try {
    const response = await fetch(request);
    // The page's own files stay as they were stored together.
    if (response.ok && file.startsWith(SERVED))
      await (await caches.open(CACHE)).put(request, response.clone());
    return response;
  } catch (error) {
    const wanted = request.mode === 'navigate' ? scope.registration.scope : request;
    // Not by opening it: that would bring back the cache of a version that another one has just replaced.
    const kept = await caches.match(wanted, { cacheName: CACHE });
    if (kept !== undefined) return kept;
    throw error;
  }
}
