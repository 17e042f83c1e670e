// What is known about a field before any frame is there: its name, what kind of value it has, what it is for.
// Fixed headers say it in their layouts; for everything else (options, records, header lines, what is worked out) it is
// written down in the files `…-fields.ts`, once, and the dissectors and the field reference both take it from there.
// Reading list: wireshark-filter(4).

/** What a field's value can be compared with: a number, true or false, text, an address, or bytes in hexadecimal. */
export type FieldType = 'number' | 'flag' | 'text' | 'address' | 'bytes';

/** A field that a frame can have. */
export interface FieldEntry {
  /** Wireshark's display-filter name, such as `ip.ttl`. */
  readonly name: string;
  readonly label: string;
  /** The protocol it belongs to, as in display filters: `ip`. */
  readonly protocol: string;
  readonly type: FieldType;
  /** One sentence for a beginner: what the field is for. */
  readonly meaning: string;
  /** Where it is defined; absent where no protocol does, as for the length of a capture. */
  readonly rfc?: string;
  /** Names of values, where the field has a registry. */
  readonly names?: Readonly<Record<number, string>>;
  /** Place in its fixed header and width, both in bits; absent for fields without a fixed place. */
  readonly bitOffset?: number;
  readonly bits?: number;
}

/** Fields that belong together: a fixed header, the options of one, the lines of a request. */
export interface FieldGroup {
  readonly protocol: string;
  readonly title: string;
  /** Where the group is defined; its fields are too unless they say otherwise. */
  readonly rfc?: string;
  /** Bytes of a fixed header. */
  readonly size?: number;
  readonly fields: readonly FieldEntry[];
}

/** A field as it is written down: all but its name and protocol. */
export type FieldText = Pick<FieldEntry, 'label' | 'type' | 'meaning' | 'rfc'>;

/** Fields by name; `rfc` is that of every field without one of its own. */
export function fieldGroup(
  protocol: string,
  title: string,
  rfc: string | undefined,
  texts: Readonly<Record<string, FieldText>>,
): FieldGroup {
  const source = rfc === undefined ? {} : { rfc };
  const fields = Object.entries(texts).map(([name, text]) => ({ name, protocol, ...source, ...text }));
  return { protocol, title, ...source, fields };
}

/** Makes a {@link FieldText}; `rfc` only where it is another than the group's. */
export type FieldTextMaker = (label: string, meaning: string, rfc?: string) => FieldText;

function maker(type: FieldType): FieldTextMaker {
  return (label, meaning, rfc) =>
    rfc === undefined ? { label, type, meaning } : { label, type, meaning, rfc };
}

export const numberField = maker('number');
export const flagField = maker('flag');
export const textField = maker('text');
export const addressField = maker('address');
export const bytesField = maker('bytes');
