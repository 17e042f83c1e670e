// A frame with all its fields, and its packet at every hop. Loaded when somebody looks into a frame.

import { dissect, frameLine, packetBoxes, packetHops, stepBoxes } from 'wirewalk';
import type { Ask, HeldAnswer, PacketAnswer } from './protocol.js';
import { runOf } from './runs.js';

export function packetAnswer({ run, frame }: Ask<'packet'>): PacketAnswer {
  const { trace, frames } = runOf(run);
  const bytes = trace.frameBytes(frames.frame[frame] as number);
  const dissection = dissect(bytes);
  return {
    run,
    frame,
    line: frameLine(trace, frames, frame),
    bytes,
    dissection,
    boxes: packetBoxes(dissection),
    hops: packetHops(trace, frames, frames.packet[frame] as number),
  };
}

export function heldAnswer({ run, place }: Ask<'held'>): HeldAnswer {
  const { steps, trace } = runOf(run);
  const packet = steps[place]?.packet;
  if (packet === undefined) throw new Error(`Step ${place} has no packet.`);
  const bytes = 'known' in packet ? new Uint8Array() : trace.frameBytes(packet.frame);
  return {
    run,
    place,
    open: packet.open,
    boxes: stepBoxes(trace, packet),
    bytes,
    dissection: bytes.length === 0 ? { layers: [], length: 0 } : dissect(bytes),
  };
}
