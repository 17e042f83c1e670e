// What a web server does with what is sent to a page: tell what came, or send it back.
// Reading list: RFC 9110 §9.3.3 (POST), §9.3.4 (PUT), §15.5.14 (413).

import { sha256 } from '@noble/hashes/sha2.js';
import { encodeUtf8, formatHex } from '../../base/text.js';
import { type HttpRequest, type HttpResponse, header, STATUS_REASONS } from '../../wire/http.js';

/** What takes the body of one request as it comes, and answers when it is complete. */
export interface Receipt {
  /** Takes the next bytes; they are only lent. */
  take(bytes: Uint8Array): void;
  /** The request has come to its end; its own `body` is empty. */
  answer(request: HttpRequest): HttpResponse;
}

/** The most that is kept to be sent back. Bytes. */
const MOST_ECHOED = 64 << 20;

/** Answers with the length and the SHA-256 of what came, as JSON; keeps nothing of it, however long it is. */
export function digestReceipt(): Receipt {
  const hash = sha256.create();
  let length = 0;
  return {
    take(bytes) {
      hash.update(bytes);
      length += bytes.length;
    },
    answer(request) {
      const { method, target } = request;
      const type = header(request, 'Content-Type') ?? null;
      const said = { method, target, type, length, sha256: formatHex(hash.digest()) };
      return response(200, 'application/json', encodeUtf8(`${JSON.stringify(said)}\n`));
    },
  };
}

/** Sends back what came, as what it came; 413 when that is longer than 64 MiB. */
export function echoReceipt(): Receipt {
  let pieces: Uint8Array[] = [];
  let length = 0;
  return {
    take(bytes) {
      length += bytes.length;
      if (length <= MOST_ECHOED) pieces.push(Uint8Array.from(bytes));
      else pieces = [];
    },
    answer(request) {
      if (length > MOST_ECHOED) {
        const text = `${length} bytes are more than are sent back: at most ${MOST_ECHOED}.\n`;
        return response(413, 'text/plain', encodeUtf8(text));
      }
      const body = new Uint8Array(length);
      let at = 0;
      for (const piece of pieces) {
        body.set(piece, at);
        at += piece.length;
      }
      return response(200, header(request, 'Content-Type') ?? 'application/octet-stream', body);
    },
  };
}

function response(status: number, type: string, body: Uint8Array): HttpResponse {
  const reason = STATUS_REASONS[status] ?? '';
  return { version: 'HTTP/1.1', status, reason, headers: [['Content-Type', type]], body };
}
