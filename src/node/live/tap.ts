// A TAP: a card of the kernel whose cable is a file. What the kernel sends is read, and what is written arrives there.
// Reading list: tuntap.txt of the kernel's documentation.

import { type FramePort, LONGEST_FRAME, SHORTEST_FRAME } from './frame-port.js';
import type { Linux } from './linux.js';

/** Frames taken at a time: then others get their turn too. */
const BATCH = 256;

export class TapPort implements FramePort {
  readonly name: string;
  onFrame: (frame: Uint8Array) => void = () => {};
  /** Frames the kernel did not take: its card is down, or its memory full. */
  refused = 0;

  readonly alarm: NonNullable<FramePort['alarm']>;

  private readonly linux: Linux;
  private readonly descriptor: number;
  private readonly watch: { close(): void };
  private readonly buffer = Buffer.allocUnsafeSlow(LONGEST_FRAME + 1);
  private isOpen = true;

  /** Makes the card inside of a namespace: it is never seen outside of it. @throws Error when the system refuses */
  constructor(linux: Linux, namespace: string, card: string) {
    this.name = `tap ${card} of ${namespace}`;
    this.linux = linux;
    this.alarm = linux.alarm;
    this.descriptor = linux.inNamespace(namespace, () => linux.openTap(card));
    this.watch = linux.watch(this.descriptor, () => this.receive());
  }

  send(frame: Uint8Array): void {
    if (this.isOpen && this.linux.write(this.descriptor, frame) < 0) this.refused++;
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.watch.close();
    this.linux.close(this.descriptor);
  }

  private receive(): void {
    const { linux, descriptor, buffer } = this;
    for (let count = 0; count < BATCH && this.isOpen; count++) {
      const length = linux.read(descriptor, buffer);
      if (length < 0) return;
      if (length >= SHORTEST_FRAME && length <= LONGEST_FRAME) this.onFrame(buffer.subarray(0, length));
    }
  }
}
