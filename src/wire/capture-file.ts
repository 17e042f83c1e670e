// Reading capture files of both formats. Never throws; what a damaged file still has is read, and each lie is named.
// Reading list: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.

import type { Capture } from './capture.js';
import { isPcap, readPcap } from './pcap-reader.js';
import { isPcapng, readPcapng } from './pcapng-reader.js';

/** Reads a whole capture file. Packets are views of `bytes`, not copies. */
export function readCapture(bytes: Uint8Array): Capture {
  if (isPcapng(bytes)) return readPcapng(bytes);
  if (isPcap(bytes)) return readPcap(bytes);
  return {
    format: 'unknown',
    packets: [],
    interfaces: [],
    names: [],
    secrets: [],
    comments: [],
    remainders: bytes.length > 0 ? [{ type: undefined, start: 0, end: bytes.length }] : [],
    problems: [
      {
        severity: 'error',
        field: 'pcap.header.magic_number',
        at: 0,
        text: 'the file begins neither as pcap nor as pcapng',
      },
    ],
  };
}
