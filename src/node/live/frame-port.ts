// A frame port: the end of a cable that hangs out of the simulation. What is behind it (the card of a network
// namespace, a virtual machine, a page) is not ours, and what comes from it may be anything.

/** Ethernet II needs two addresses and a type; shorter ones are no frames. */
export const SHORTEST_FRAME = 14;
/** The longest IPv4 packet behind an Ethernet header: no port gives or takes more. Bytes. */
export const LONGEST_FRAME = 14 + 65535;

/** Wakes us, more precisely than Node's timers do, which come up to 2 ms late. */
export interface Alarm {
  /** It rings once, in so many ns of real time; what it was set for before no longer counts. */
  set(after: number): void;
  close(): void;
}

/** A cable end outside of the simulation. A frame is all bytes from the destination MAC address on, without FCS. */
export interface FramePort {
  /** What messages call it, such as `tap pc:eth0`. */
  readonly name: string;
  /** Hands a frame to the outside. It is only lent: who keeps it copies it. A frame that can't go out is lost. */
  send(frame: Uint8Array): void;
  /**
   * Called with every frame that comes from outside, {@link SHORTEST_FRAME} to {@link LONGEST_FRAME} bytes long. It is
   * only lent until the call returns. Set by who plugs the port in.
   */
  onFrame: (frame: Uint8Array) => void;
  /** Makes an alarm of the system that the port comes from, where that has one. */
  readonly alarm?: (ring: () => void) => Alarm;
  /** Gives everything back to the system; nothing comes or goes any more. Harmless when called again. */
  close(): Promise<void> | void;
}
