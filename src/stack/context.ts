// The whole outside world of a stack: time, chance, the recorder, memory for frames, timers, and values fixed by a lab.

import type { FrameStore } from '../base/frame-store.js';
import type { Random } from '../base/random.js';
import type { RingStore } from '../base/ring-store.js';
import { SECOND, type Time } from '../base/time.js';
import type { Timer, TimerOwner } from '../base/timer.js';
import type { Recorder } from '../trace/recorder.js';

/** Values that a node would draw at random and a lab can fix instead. */
export type PinName =
  | 'udp-port'
  | 'tcp-port'
  | 'isn'
  | 'dns-id'
  | 'ip-id'
  | 'icmp-id'
  | 'nat-udp-port'
  | 'nat-tcp-port'
  | 'nat-icmp-id';

export interface Context {
  /** The node's index in the trace. */
  readonly node: number;
  readonly name: string;
  readonly clock: { readonly now: Time };
  /** The wall clock at simulated time 0, in seconds since 1970-01-01 UTC. */
  readonly epoch: number;
  /** The node's own stream. */
  readonly random: Random;
  readonly recorder: Recorder;
  readonly frames: FrameStore;
  /** Memory for what connections hold. */
  readonly rings: RingStore;
  /** A timer, not armed; a background timer does not keep the world from being at rest. */
  timer(owner: TimerOwner, name: string, background?: boolean): Timer;
  /** The next value that the lab fixes under this name, each used once, in order; undefined when there is none left. */
  takePin(name: PinName): number | undefined;
}

/** The wall clock of a node, in whole seconds since 1970-01-01 UTC. */
export function wallClock(context: Context): number {
  return context.epoch + Math.floor(context.clock.now / SECOND);
}

/** A pinned value, or a random one from `low` to `high`. */
export function drawNumber(context: Context, pin: PinName, low: number, high: number): number {
  return context.takePin(pin) ?? context.random.between(low, high);
}
