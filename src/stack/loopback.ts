// Packets of a machine to itself: they never see a cable, and come in again in an event of their own.
// Reading list: RFC 1122 §3.2.1.3 (g).

import type { Frame } from '../base/frame-store.js';
import type { Timer, TimerOwner } from '../base/timer.js';
import { ethernet } from '../wire/ethernet.js';
import { ETHERTYPE } from '../wire/iana.js';
import type { Context } from './context.js';
import type { NetworkInterface } from './network-interface.js';

/** Takes a looped frame over. */
export type LoopedHandler = (port: NetworkInterface, frame: Frame) => void;

export class Loopback implements TimerOwner {
  private readonly context: Context;
  private readonly arrived: LoopedHandler;
  private readonly timer: Timer;
  private waiting: { readonly frame: Frame; readonly port: NetworkInterface }[] = [];

  constructor(context: Context, arrived: LoopedHandler) {
    this.context = context;
    this.arrived = arrived;
    this.timer = context.timer(this, 'loopback');
  }

  /** The frame comes in again at this interface, at once but not now. Takes the frame over. */
  send(port: NetworkInterface, frame: Frame): void {
    const { recorder, clock } = this.context;
    ethernet.write(frame.view, frame.start, {
      destination: port.mac,
      source: port.mac,
      etherType: ETHERTYPE.ipv4,
    });
    if (recorder.on) recorder.snapshot(frame);
    frame.cause = recorder.cause;
    this.waiting.push({ frame, port });
    this.timer.set(clock.now);
  }

  timerFired(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const { frame, port } of waiting) {
      this.context.recorder.cause = frame.cause;
      this.arrived(port, frame);
    }
  }
}
