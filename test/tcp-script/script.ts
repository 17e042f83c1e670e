// What a script is made of, once it is read: see docs/tcp-scripts.md.

import type { Time } from '../../src/base/time.js';
import type { TcpOptions } from '../../src/stack/tcp/connection-options.js';
import type { TcpState } from '../../src/stack/tcp/state.js';
import type { SegmentText } from './segment-text.js';
import type { Bounds } from './words.js';

/** The peer's port where a step names none: most scripts have one peer. */
export const PEER_PORT = 40000;
export const HOST_PORT = 80;

export interface Script {
  readonly file: string;
  readonly line: number;
  readonly title: string;
  /** Where the rules stand that the script holds the host to. */
  readonly from: string;
  readonly host: HostSettings;
  readonly peer: PeerSettings;
  readonly beats: readonly Beat[];
}

/** A sentence, and the steps it is about. */
export interface Beat {
  readonly line: number;
  readonly sentence: string;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly line: number;
  readonly text: string;
  /** When, counted from the step before: not before `from`, not after `to`. */
  readonly after: { readonly from: Time; readonly to: Time };
  /** The peer's port of the connection it is about. */
  readonly port: number;
  readonly action: Action;
}

export interface HostSettings {
  readonly options: TcpOptions;
  /** Bytes of a packet on the host's cable. */
  readonly mtu: number;
  /** Fixed by the script instead of drawn. */
  readonly isn: number | undefined;
  readonly ports: readonly number[];
}

export interface PeerSettings {
  /** What the peer's SYN says; undefined: nothing. */
  readonly mss: number | undefined;
  readonly shift: number | undefined;
  readonly sack: boolean;
  readonly timestamps: boolean;
  /** The window field of every segment that names none. */
  readonly window: number;
  readonly isn: number;
  /** Its timestamp clock at the beginning, in ms. */
  readonly clock: number;
}

/** A fact wanted of a connection's `info()` or of an event: a number within bounds, or a word. */
export type Wanted = readonly [name: string, value: Bounds | string];

export type Action =
  | { readonly kind: 'begin'; readonly opening: string }
  | { readonly kind: 'listen'; readonly backlog: number | undefined; readonly cookies: boolean }
  | { readonly kind: 'stop-listening' }
  | { readonly kind: 'connect' }
  | {
      readonly kind: 'write';
      readonly length: number;
      readonly text: string | undefined;
      readonly urgent: boolean;
      readonly takes: Bounds | undefined;
    }
  | {
      readonly kind: 'read';
      readonly most: number | undefined;
      readonly gets: Bounds | undefined;
      readonly text: string | undefined;
    }
  | { readonly kind: 'reading'; readonly atOnce: boolean }
  | { readonly kind: 'shutdown' | 'close' | 'abort' }
  | { readonly kind: 'set'; readonly options: TcpOptions }
  | { readonly kind: 'hears'; readonly told: readonly string[] }
  | {
      readonly kind: 'send';
      readonly times: number;
      /** How many peers send it, each from a port of its own. */
      readonly peers: number;
      readonly segment: SegmentText;
    }
  | { readonly kind: 'acknowledge'; readonly first: number; readonly last: number; readonly by: number }
  | {
      readonly kind: 'expect';
      /** One of these. */
      readonly segments: readonly SegmentText[];
      /** None at all is fine too. */
      readonly optional: boolean;
    }
  | { readonly kind: 'expect-run'; readonly count: Bounds; readonly length: number; readonly first: number }
  | { readonly kind: 'silence' | 'whatever'; readonly time: Time }
  /** Reasons in order, or `nothing`; any of the choices will do. */
  | { readonly kind: 'drops'; readonly choices: readonly string[] }
  | { readonly kind: 'state'; readonly states: readonly TcpState[] }
  | { readonly kind: 'knows'; readonly facts: readonly Wanted[] }
  | { readonly kind: 'tells'; readonly event: string; readonly facts: readonly Wanted[] }
  | {
      readonly kind: 'error';
      readonly type: number;
      readonly code: number;
      readonly mtu: number;
      readonly about: number;
    }
  | { readonly kind: 'over' };
