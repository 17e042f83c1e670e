// Captures from a running lab: what passes its interfaces, as a file that can be read while it is written.

import type { TraceEvent } from '../../trace/events.js';
import type { WindowFrame } from '../../trace/window.js';
import { captureComments } from '../../view/capture-comments.js';
import { LiveWalk, RIPE } from '../../view/explain/live-walk.js';
import { LiveCapture } from '../../view/live-capture.js';
import type { FrameSighting } from '../../view/pcapng.js';
import { version } from '../version.js';
import type { RunningLab } from './control-client.js';
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

export interface LabCapture {
  /** How many frames there are in the file, and how many came too fast. */
  readonly ended: Promise<{ readonly count: number; readonly lost: number }>;
  close(): void;
}

/** What may wait for a reader that does not read; frames beyond are lost. Bytes. */
const MOST_WAITING = 64 << 20;
/** Frames that later events may still mean. */
const MOST_FRAMES = 10_000;

/** Writes until the lab ends, the count is reached or `close` is called. @throws RangeError for an unknown interface */
export function captureLab(lab: RunningLab, sink: CaptureSink, options: CaptureLabOptions): LabCapture {
  const { world, phases } = lab.greeting;
  const { comments, count = Number.POSITIVE_INFINITY } = options;
  const capture = new LiveCapture(world, { ...options, application: `wirewalk ${version()}` });
  const live = comments ? new LiveWalk(world, phases) : undefined;
  const frames = new Map<number, WindowFrame>();
  const said = new Map<number, readonly string[]>();
  const waiting: FrameSighting[] = [];
  let found: TraceEvent[] = [];
  const lost: number[] = [];
  let last = 0;

  const write = (bytes: Uint8Array): void => {
    sink.write(bytes);
  };
  /** Writes what nothing more will be said of. */
  const flush = (until: number): void => {
    const names = capture.names(found);
    if (names !== undefined) write(names);
    found = [];
    const ripe = waiting.findIndex(({ time }) => time > until);
    const ready = waiting.splice(0, ripe < 0 ? waiting.length : ripe);
    for (const event of ready) {
      const frame = frames.get(event.frame);
      if (capture.count >= count) return close();
      if (frame === undefined || sink.writableLength > MOST_WAITING)
        lost[event.interface] = (lost[event.interface] ?? 0) + 1;
      else write(capture.packet(event, frame, said.get(event.seq)));
      said.delete(event.seq);
    }
    if (capture.count >= count) close();
    for (const oldest of frames.keys()) {
      if (frames.size <= MOST_FRAMES) break;
      frames.delete(oldest);
    }
  };
  const { ended, close } = listenToLab(
    lab,
    { frames: !comments },
    {
      state: (events) => live?.setState(events),
      frame: (id, frame) => {
        live?.addFrame(id, frame);
        frames.delete(id);
        frames.set(id, frame);
      },
      event: (event) => {
        live?.add(event);
        if (capture.sees(event)) waiting.push(event);
        else if (event.kind === 'app') found.push(event);
      },
      missed: (_, byInterface) => {
        for (const [id, missed] of byInterface.entries()) lost[id] = (lost[id] ?? 0) + (missed ?? 0);
      },
      look: (now, isOver) => {
        const told = live?.tell(isOver ? Number.POSITIVE_INFINITY : now);
        if (told !== undefined)
          for (const [seq, sentences] of captureComments(told.walk, told.trace))
            said.set(told.originalSeq(seq), sentences.map(withoutId));
        if (last === 0) for (const block of capture.start(now)) write(block);
        last = Math.max(now, 1);
        flush(isOver || live === undefined ? Number.POSITIVE_INFINITY : now - RIPE);
      },
    },
  );
  return {
    close,
    ended: ended.then(() => {
      for (const block of capture.end(last, lost)) write(block);
      return { count: capture.count, lost: lost.reduce((sum, one) => sum + (one ?? 0), 0) };
    }),
  };
}

/** A step of a walk that goes on has no number that anybody else knows. */
function withoutId(sentence: string): string {
  return sentence.replace(/^\d+[a-z]+ /, '');
}
