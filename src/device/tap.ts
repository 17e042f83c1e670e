// A tap: a card without a computer behind it. What arrives goes to a program outside the simulation, and what that
// program sends goes onto the cable. Tests and real machines plug in here.

import type { Frame } from '../base/frame-store.js';
import type { Context } from '../stack/context.js';
import type { FrameReceiver, NetworkInterface } from '../stack/network-interface.js';

export class Tap implements FrameReceiver {
  readonly kind = 'tap';
  readonly context: Context;
  readonly ports: NetworkInterface[] = [];
  /** True: `onFrame` gets the bytes where they lie, valid until it returns. False: a copy to keep. */
  lends = false;
  /** Called with every frame that arrives, without its FCS. */
  onFrame: (bytes: Uint8Array, port: NetworkInterface) => void = () => {};

  constructor(context: Context) {
    this.context = context;
  }

  addPort(port: NetworkInterface): void {
    this.ports.push(port);
  }

  /** Puts a frame on the cable: all bytes from the destination MAC address on, without FCS. */
  send(bytes: Uint8Array, port = this.ports[0]): void {
    port?.transmit(this.context.frames.takeWith(bytes));
  }

  receive(port: NetworkInterface, frame: Frame): void {
    if (this.lends) {
      this.onFrame(frame.bytes(), port);
      this.context.frames.release(frame);
      return;
    }
    const bytes = frame.copyBytes();
    this.context.frames.release(frame);
    this.onFrame(bytes, port);
  }
}
