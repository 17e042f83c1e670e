// Captures from a running lab: what passes its interfaces, as a file that can be read while it is written.

import type { TraceEvent } from '../../trace/events.js';
import { captureComments } from '../../view/capture-comments.js';
import { LiveWalk, RIPE } from '../../view/explain/live-walk.js';
import { LiveCapture } from '../../view/live-capture.js';
import { version } from '../version.js';
import type { RunningLab } from './control-client.js';
import type { Sighting } from './feed-records.js';
import { listenToLab } from './live-reader.js';

export interface CaptureLabOptions {
  /** As `node:port`; all unless given. */
  readonly interfaces?: readonly string[];
  /** With the sentences of the walk. They come a moment later than the frames would alone. */
  readonly comments: boolean;
  /** The capture ends behind so many frames. */
  readonly count?: number;
}

/** Where the file goes. */
export interface CaptureSink {
  write(bytes: Uint8Array): unknown;
  /** Bytes that were written but not taken yet. */
  readonly writableLength: number;
}

/** How many frames there are in the file, how many came too fast, and how many events too fast for their sentences. */
export interface CaptureResult {
  readonly count: number;
  readonly lost: number;
  readonly unexplained: number;
}

export interface LabCapture {
  readonly ended: Promise<CaptureResult>;
  close(): void;
}

/** What may wait for a reader that does not read; frames beyond are lost. Bytes. */
const MOST_WAITING = 64 << 20;
/** Frames that wait for the next look when nothing is said of them. */
const MOST_HELD = 2_000;

/** Writes until the lab ends, the count is reached or `close` is called. @throws RangeError for an unknown interface */
export function captureLab(lab: RunningLab, sink: CaptureSink, options: CaptureLabOptions): LabCapture {
  const { world, phases } = lab.greeting;
  const { comments, count = Number.POSITIVE_INFINITY } = options;
  const capture = new LiveCapture(world, { ...options, application: `wirewalk ${version()}` });
  const live = comments ? new LiveWalk(world, phases) : undefined;
  const said = new Map<number, readonly string[]>();
  const waiting: Sighting[] = [];
  let found: TraceEvent[] = [];
  const lost: number[] = [];
  let unexplained = 0;
  let last = 0;

  /** Writes what nothing more will be said of. */
  const flush = (until: number): void => {
    const blocks: Uint8Array[] = [];
    const names = capture.names(found);
    if (names !== undefined) blocks.push(names);
    found = [];
    const ripe = waiting.findIndex(({ time }) => time > until);
    const isFull = sink.writableLength > MOST_WAITING;
    for (const sighting of waiting.splice(0, ripe < 0 ? waiting.length : ripe)) {
      if (capture.count >= count) break;
      if (isFull) lost[sighting.interface] = (lost[sighting.interface] ?? 0) + 1;
      else blocks.push(capture.packet(sighting, sighting.frame, said.get(sighting.seq)));
      said.delete(sighting.seq);
    }
    if (blocks.length > 0) sink.write(Buffer.concat(blocks));
    if (capture.count >= count) close();
  };
  const { ended, close } = listenToLab(
    lab,
    { events: comments, sightings: capture.interfaces },
    {
      state: (events) => live?.setState(events),
      frame: (id, frame) => live?.addFrame(id, frame),
      event: (event) => {
        live?.add(event);
        if (event.kind === 'app') found.push(event);
      },
      sighting: (sighting) => {
        waiting.push(sighting);
        // Nothing will be said of it: what is written needs no memory.
        if (live === undefined && waiting.length >= MOST_HELD && last > 0) flush(Number.POSITIVE_INFINITY);
      },
      missed: (events, byInterface) => {
        unexplained += events;
        for (const [id, missed] of byInterface.entries()) lost[id] = (lost[id] ?? 0) + (missed ?? 0);
      },
      look: (now, isOver) => {
        const told = live?.tell(isOver ? Number.POSITIVE_INFINITY : now);
        if (told !== undefined)
          for (const [seq, sentences] of captureComments(told.walk, told.trace))
            said.set(told.originalSeq(seq), sentences.map(withoutId));
        if (last === 0) for (const block of capture.start(now)) sink.write(block);
        last = Math.max(now, 1);
        flush(isOver || live === undefined ? Number.POSITIVE_INFINITY : now - RIPE);
      },
    },
  );
  return {
    close,
    ended: ended.then(() => {
      for (const block of capture.end(last, lost)) sink.write(block);
      return {
        count: capture.count,
        lost: lost.reduce((sum, one) => sum + (one ?? 0), 0),
        unexplained: live === undefined ? 0 : unexplained + live.untold,
      };
    }),
  };
}

/** A step of a walk that goes on has no number that anybody else knows. */
function withoutId(sentence: string): string {
  return sentence.replace(/^\d+[a-z]+ /, '');
}
