// What those are told who watch a lab: everything as long as they can keep up, otherwise how much they missed.

import { afterEach, expect, it } from 'vitest';
import { pagesLab } from '../../../test/attach/labs.js';
import { MINUTE } from '../../base/time.js';
import { buildWorld } from '../../lab/build-world.js';
import { runCommandToEnd } from '../../lab/console/console.js';
import { readLab } from '../../lab/read-lab.js';
import type { World } from '../../net/world.js';
import type { TraceEvent } from '../../trace/events.js';
import type { Watched, Wish } from './control-messages.js';
import { Feed } from './feed.js';
import { MessageReader, type Sighting } from './feed-records.js';

function newWorld(): World {
  const read = readLab(pagesLab().replace('/100M: { size: 100MB }', '/20M: { size: 20MB }'), 'pages.yaml');
  if ('errors' in read) throw new Error('the lab is broken');
  return buildWorld(read.lab);
}

const get = (world: World, page: string): void => {
  const { exitCode } = runCommandToEnd(world, 'pc', `curl -o /dev/null http://www.lab.test/${page}`, MINUTE);
  expect(exitCode).toBe(0);
  // A moment in which nothing happens any more: only who was told everything is told of it.
  world.advance(1);
};

let feed: Feed | undefined;
afterEach(() => feed?.close());

/** Somebody who watches from now on. */
function watching(world: World, wish: Wish) {
  world.recorder.pause();
  feed = new Feed(world);
  const heard = {
    isReady: true,
    sightings: [] as Sighting[],
    events: [] as TraceEvent[],
    heads: [] as Watched[],
  };
  const reader = new MessageReader({
    head: (head) => {
      const watched = head as unknown as Watched;
      heard.heads.push(watched);
      heard.events.push(...(watched.events ?? []));
    },
    frame: () => {},
    sighting: (sighting) => heard.sightings.push(sighting),
  });
  feed.watch({
    ...wish,
    take: (message) => {
      for (const part of message) expect(reader.push(part)).toBe(true);
    },
    get isReady() {
      return heard.isReady;
    },
  });
  return heard;
}

const missedIn = (heads: readonly Watched[]) => ({
  events: heads.reduce((sum, { missed = 0 }) => sum + missed, 0),
  frames: heads
    .flatMap(({ missedFrames = [] }) => missedFrames)
    .reduce((sum, count) => sum + (count ?? 0), 0),
});

/** As long as it takes until all was told. */
async function told(world: World, heads: readonly Watched[]): Promise<void> {
  for (let turn = 0; turn < 200 && heads.at(-1)?.now !== world.now; turn++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 60));
}

/** Where frames are seen in the same run when all of it is recorded. */
function allSightings(page: string, ports: readonly number[]) {
  const world = newWorld();
  get(world, page);
  const trace = world.trace();
  return [...trace.events()].flatMap((event) =>
    (event.kind === 'frame-sent' || event.kind === 'frame-arrived') && ports.includes(event.interface)
      ? [
          {
            kind: event.kind,
            interface: event.interface,
            time: event.time,
            bytes: Buffer.from(trace.frameBytes(event.frame)).toString('latin1'),
          },
        ]
      : [],
  );
}

it.each([
  ['at every interface', undefined],
  ['at two of them', ['pc:eth0', 'router:net']],
])('every frame is seen as it was, %s', async (_, names) => {
  const world = newWorld();
  const ports =
    names?.map((name) => world.interface(name).id) ?? world.describe().interfaces.map((_, id) => id);
  const { sightings, heads } = watching(world, { sightings: ports });
  get(world, '1M');
  await told(world, heads);
  const seen = sightings.map(({ kind, interface: port, time, frame }) => ({
    ...{ kind, interface: port, time },
    bytes: Buffer.from(frame.bytes).toString('latin1'),
  }));
  expect(seen).toEqual(allSightings('1M', ports));
  expect(missedIn(heads)).toEqual({ events: 0, frames: 0 });
});

it('who does not keep up is told how much was missed, and how things stand', async () => {
  const world = newWorld();
  const ports = world.describe().interfaces.map((_, id) => id);
  const heard = watching(world, { sightings: ports });
  heard.isReady = false;
  get(world, '20M');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(heard.heads).toHaveLength(1);
  heard.isReady = true;
  await told(world, heard.heads);
  get(world, '1');
  await told(world, heard.heads);
  const { frames, events } = missedIn(heard.heads);
  expect(frames).toBeGreaterThan(50_000);
  expect(events).toBeGreaterThan(frames);
  const again = newWorld();
  get(again, '20M');
  get(again, '1');
  const all = [...again.trace().events()].filter(
    ({ kind }) => kind === 'frame-sent' || kind === 'frame-arrived',
  );
  expect(heard.sightings.length + frames).toBe(all.length);
  const gap = heard.heads.find(({ missed }) => missed !== undefined);
  expect(gap?.state?.some((event) => event.kind === 'table-set' && event.table === 'route')).toBe(true);
});

it('when too much happens for words, every frame is seen all the same', async () => {
  const world = newWorld();
  const ports = [world.interface('pc:eth0').id];
  const { sightings, heads, events } = watching(world, { events: true, sightings: ports });
  get(world, '1M');
  await told(world, heads);
  expect(sightings).toHaveLength(allSightings('1M', ports).length);
  expect(missedIn(heads).frames).toBe(0);
  expect(missedIn(heads).events).toBeGreaterThan(4_000);
  get(world, '1');
  await told(world, heads);
  // It goes on behind the gap.
  const names = events.flatMap((event) => (event.kind === 'app' ? [event.name] : []));
  expect(names).toContain('http.response-received');
});

it('who only wants words is told that there were too many', async () => {
  const world = newWorld();
  const { heads, events } = watching(world, { events: true });
  get(world, '1M');
  await told(world, heads);
  expect(events).toEqual([]);
  expect(missedIn(heads).events).toBeGreaterThan(4_000);
});
