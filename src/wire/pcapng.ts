// The numbers of the pcapng format, for its reader and its writer.
// Reading list: draft-ietf-opsawg-pcapng §4 (blocks), §3.5 (options).

/** Block types. */
export const BLOCK = {
  section: 0x0a0d0d0a,
  interface: 1,
  oldPacket: 2,
  simplePacket: 3,
  names: 4,
  statistics: 5,
  packet: 6,
  secrets: 10,
} as const;

export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** Type and twice the length: the least a block can be, in bytes. */
export const BLOCK_MINIMUM = 12;

/** Options; numbers above 1 mean something else in each kind of block. */
export const OPTION = {
  end: 0,
  comment: 1,
  section: { hardware: 2, os: 3, application: 4 },
  interface: {
    name: 2,
    description: 3,
    ipv4: 4,
    mac: 6,
    speed: 8,
    timeResolution: 9,
    fcsLength: 13,
    timeOffset: 14,
  },
  packet: { flags: 2, packetId: 5 },
  statistics: { startTime: 2, endTime: 3, received: 4, dropped: 5 },
} as const;

/** Records of a name resolution block. */
export const NAME_RECORD = { end: 0, ipv4: 1, ipv6: 2 } as const;

/** Kinds of secrets. */
export const SECRETS = { tlsKeyLog: 0x544c534b } as const;

/** Fields of the packet flags. */
export const PACKET_FLAGS = { directionMask: 3, inbound: 1, outbound: 2, fcsShift: 5, fcsMask: 15 } as const;

const BILLION = 1_000_000_000n;

/** How an interface counts time: ns = ticks · 10^9 / perSecond + offset. */
export interface Clock {
  readonly perSecond: bigint;
  readonly offsetNs: bigint;
}

/** `resolution`: units per second as a power of ten, or of two when its highest bit is set (if_tsresol). */
export function clockOf(resolution: number, offsetSeconds: bigint): Clock {
  const exponent = BigInt(resolution & 0x7f);
  const perSecond = resolution >= 0x80 ? 2n ** exponent : 10n ** exponent;
  return { perSecond, offsetNs: offsetSeconds * BILLION };
}

/** Nanoseconds since 1970-01-01 00:00 UTC. */
export function timeOf(ticks: bigint, { perSecond, offsetNs }: Clock): bigint {
  return (ticks * BILLION) / perSecond + offsetNs;
}
