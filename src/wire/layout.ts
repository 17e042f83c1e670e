// A fixed header described once. From the description come the in-place readers and writers of the fast path, the
// record with every field, and the bit span of every field for the inspector, the hex view and the field reference.

import type { Ipv4, Mac } from '../base/address.js';

/** How a field's number is to be read by people. */
export type FieldFormat = 'decimal' | 'hex' | 'flag' | 'ipv4' | 'mac';

/** What a field is called and means; all of it is shown by views. */
export interface FieldInfo {
  /** Wireshark's display-filter name, such as `ip.ttl`. */
  readonly filter: string;
  /** The RFC's name, such as `Time to Live`. */
  readonly label: string;
  readonly format: FieldFormat;
  /** Names of values, from the IANA registry. */
  readonly names?: Readonly<Record<number, string>>;
  /** Bytes that one unit stands for, where the field does not count bytes; readings of it are given in bytes. */
  readonly unit?: number;
  /** One sentence: what the field is for. */
  readonly meaning: string;
  /** Where the field is defined, if elsewhere than its header. */
  readonly rfc?: string;
}

/** One field at its place in the header. */
export interface Field extends FieldInfo {
  /** Offset from the start of the header, in bits. */
  readonly bitOffset: number;
  /** Width in bits. */
  readonly bits: number;
  /** The field's value in the header at byte `base` of `view`; the caller answers for the bounds. */
  get(view: DataView, base: number): number;
  set(view: DataView, base: number, value: number): void;
}

type FieldAt = (bitOffset: number) => Field;

/** A header layout: its fields by name, its size, and the record of all fields. */
export interface Layout<Name extends string> {
  /** Wireshark's protocol name, such as `ip`. */
  readonly protocol: string;
  readonly title: string;
  /** Where the header is defined. */
  readonly rfc: string;
  /** Bytes. */
  readonly size: number;
  /** The fields in wire order. */
  readonly fields: { readonly [N in Name]: Field };
  read(view: DataView, base: number): Record<Name, number>;
  write(view: DataView, base: number, values: Readonly<Record<Name, number>>): void;
}

/** Puts the fields one behind the other. */
export function layout<Name extends string>(
  protocol: string,
  title: string,
  rfc: string,
  spec: { readonly [N in Name]: FieldAt },
): Layout<Name> {
  const fields = {} as Record<Name, Field>;
  const names = Object.keys(spec) as Name[];
  let bits = 0;
  for (const name of names) {
    const field = spec[name](bits);
    fields[name] = field;
    bits += field.bits;
  }
  return {
    protocol,
    title,
    rfc,
    size: bits / 8,
    fields,
    read(view, base) {
      const record = {} as Record<Name, number>;
      for (const name of names) record[name] = fields[name].get(view, base);
      return record;
    },
    write(view, base, values) {
      for (const name of names) fields[name].set(view, base, values[name]);
    },
  };
}

type Options = {
  format?: FieldFormat;
  names?: Readonly<Record<number, string>>;
  unit?: number;
  rfc?: string;
};

function info(
  filter: string,
  label: string,
  meaning: string,
  options: Options,
  format: FieldFormat,
): FieldInfo {
  return { filter, label, meaning, format, ...options };
}

/** An octet. */
export function uint8(filter: string, label: string, meaning: string, options: Options = {}): FieldAt {
  return (bitOffset) => {
    const at = bitOffset / 8;
    return {
      ...info(filter, label, meaning, options, 'decimal'),
      bitOffset,
      bits: 8,
      get: (view, base) => view.getUint8(base + at),
      set: (view, base, value) => view.setUint8(base + at, value),
    };
  };
}

/** Two octets, big-endian, as everything on the wire. */
export function uint16(filter: string, label: string, meaning: string, options: Options = {}): FieldAt {
  return (bitOffset) => {
    const at = bitOffset / 8;
    return {
      ...info(filter, label, meaning, options, 'decimal'),
      bitOffset,
      bits: 16,
      get: (view, base) => view.getUint16(base + at),
      set: (view, base, value) => view.setUint16(base + at, value),
    };
  };
}

/** Four octets, unsigned. */
export function uint32(filter: string, label: string, meaning: string, options: Options = {}): FieldAt {
  return (bitOffset) => {
    const at = bitOffset / 8;
    return {
      ...info(filter, label, meaning, options, 'decimal'),
      bitOffset,
      bits: 32,
      get: (view, base) => view.getUint32(base + at),
      set: (view, base, value) => view.setUint32(base + at, value),
    };
  };
}

/** An IPv4 address, see {@link Ipv4}. */
export function ipv4Address(filter: string, label: string, meaning: string): FieldAt {
  return (bitOffset) => {
    const at = bitOffset / 8;
    return {
      ...info(filter, label, meaning, {}, 'ipv4'),
      bitOffset,
      bits: 32,
      get: (view, base): Ipv4 => view.getInt32(base + at),
      set: (view, base, value: Ipv4) => view.setInt32(base + at, value),
    };
  };
}

/** A MAC address, see {@link Mac}. */
export function macAddress(filter: string, label: string, meaning: string): FieldAt {
  return (bitOffset) => {
    const at = bitOffset / 8;
    return {
      ...info(filter, label, meaning, {}, 'mac'),
      bitOffset,
      bits: 48,
      get: (view, base): Mac => view.getUint16(base + at) * 0x100000000 + view.getUint32(base + at + 2),
      set: (view, base, value: Mac) => {
        view.setUint16(base + at, Math.floor(value / 0x100000000));
        view.setUint32(base + at + 2, value % 0x100000000);
      },
    };
  };
}

/** `count` bits within one or two octets; setting them leaves their neighbours alone. */
export function bits(
  count: number,
  filter: string,
  label: string,
  meaning: string,
  options: Options = {},
): FieldAt {
  return (bitOffset) => {
    const at = bitOffset >> 3;
    const shift = 16 - (bitOffset & 7) - count;
    const mask = (1 << count) - 1;
    const described = { ...info(filter, label, meaning, options, 'decimal'), bitOffset, bits: count };
    // Fields within the first octet are read as an octet, so that the last octet of a header can hold them too.
    return (bitOffset & 7) + count <= 8
      ? {
          ...described,
          get: (view, base) => (view.getUint8(base + at) >> (shift - 8)) & mask,
          set: (view, base, value) => {
            const other = view.getUint8(base + at) & ~(mask << (shift - 8));
            view.setUint8(base + at, other | ((value & mask) << (shift - 8)));
          },
        }
      : {
          ...described,
          get: (view, base) => (view.getUint16(base + at) >> shift) & mask,
          set: (view, base, value) => {
            const other = view.getUint16(base + at) & ~(mask << shift);
            view.setUint16(base + at, other | ((value & mask) << shift));
          },
        };
  };
}

/** One bit. */
export function flag(filter: string, label: string, meaning: string, options: Options = {}): FieldAt {
  return bits(1, filter, label, meaning, { ...options, format: 'flag' });
}
