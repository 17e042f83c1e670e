// Where labs come from, and what is said when they do not come.

import { afterEach, describe, expect, it, vi } from 'vitest';
import { LABS } from '../test/kit.js';
import { builtInLabs, FIRST_LAB, fetchLab } from './built-in-labs.js';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A server, and a page that lies in a folder of it; what was asked for. */
function serve(status: number, text: string): string[] {
  const asked: string[] = [];
  vi.stubGlobal('document', { baseURI: 'http://127.0.0.1/folder/index.html' });
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    return new Response(text, { status });
  });
  return asked;
}

describe('built-in labs', () => {
  it('are all there, the first one first, each with a title and a file', () => {
    const labs = builtInLabs();
    expect(labs.map(({ name }) => name).sort()).toEqual([...LABS].sort());
    expect(labs[0]?.name).toBe(FIRST_LAB);
    for (const { title, url } of labs) {
      expect(title).toMatch(/^[^"'].*[^"']$/);
      expect(url).not.toBe('');
    }
  });

  it('are fetched by their names', async () => {
    const asked = serve(200, 'name: nat-http\n');
    expect(await fetchLab({ kind: 'built-in', name: 'nat-http' })).toEqual({
      file: 'labs/nat-http.yaml',
      text: 'name: nat-http\n',
    });
    expect(asked).toEqual([builtInLabs()[0]?.url]);
  });

  it('that are none are told with those that are', async () => {
    serve(200, '');
    for (const name of ['', 'nat-http.yaml', '../../etc/passwd', '__proto__']) {
      await expect(fetchLab({ kind: 'built-in', name })).rejects.toThrow(
        `There is no lab '${name}'. The built-in labs are ${[...LABS].sort().join(', ')}.`,
      );
    }
  });
});

describe('served labs', () => {
  it('lie beside the page, whatever they are called', async () => {
    const asked = serve(200, 'name: x\n');
    await fetchLab({ kind: 'served', name: '../a b?c#d.yaml' });
    expect(asked).toEqual(['http://127.0.0.1/folder/served/..%2Fa%20b%3Fc%23d.yaml']);
  });

  it('seen from a worker they lie beside its folder', async () => {
    const asked = serve(200, '');
    vi.stubGlobal('document', undefined);
    vi.stubGlobal('location', { href: 'http://127.0.0.1/folder/assets/engine-worker.js' });
    await fetchLab({ kind: 'served', name: 'mine.yaml' });
    expect(asked).toEqual(['http://127.0.0.1/folder/served/mine.yaml']);
  });

  it('that are gone are told with what the server says', async () => {
    serve(404, 'no');
    await expect(fetchLab({ kind: 'served', name: 'mine.yaml' })).rejects.toThrow(
      'The lab mine.yaml can not be fetched: the server says 404.',
    );
  });
});

it('a text needs no fetching', async () => {
  const source = { kind: 'text', file: 'a.yaml', text: 'name: a' } as const;
  expect(await fetchLab(source)).toEqual({ file: 'a.yaml', text: 'name: a' });
});
