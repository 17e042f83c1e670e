// One end of iperf3's control connection: octets that tell where the test stands, and at some places a text.

import { decodeUtf8 } from '../../base/text.js';
import type { TcpConnection, TcpListener } from '../../stack/tcp/connection.js';
import { framedText, IPERF_STATE, MOST_TEXT } from './messages.js';

/** What is done with what the other end says. */
export interface ControlHandler {
  state(state: number): void;
  /** The text that was asked for by `expectText`; undefined: there was none of a length that can be. */
  text(text: string | undefined): void;
  /** What the server says is wrong: a number of iperf3. */
  error?(code: number): void;
  /** The other end has closed the connection, or it has failed. */
  gone(): void;
}

const LENGTH_LENGTH = 4;
/** The number of the error, and that of the system's. */
const ERROR_LENGTH = 8;

export class ControlConnection implements TcpListener {
  private readonly connection: TcpConnection;
  private readonly handler: ControlHandler;
  /** What the other end did not take yet. */
  private unsent: Uint8Array = new Uint8Array(0);
  /** What is read next: an octet, the length of a text, or a text. */
  private part = new Uint8Array(1);
  private filled = 0;
  private expects: 'state' | 'length' | 'text' | 'error' = 'state';
  private isOver = false;

  constructor(connection: TcpConnection, handler: ControlHandler) {
    this.connection = connection;
    // Each word goes out at once, also behind one that the other end has not acknowledged yet.
    connection.setOptions({ nodelay: true });
    this.handler = handler;
  }

  say(state: number): void {
    this.send(Uint8Array.of(state));
  }

  tell(text: string): void {
    this.send(framedText(text));
  }

  /** Says octets that are neither. */
  send(bytes: Uint8Array): void {
    const all = new Uint8Array(this.unsent.length + bytes.length);
    all.set(this.unsent);
    all.set(bytes, this.unsent.length);
    this.unsent = all;
    this.writable();
  }

  /** What comes next is a text. */
  expectText(): void {
    this.expect('length', LENGTH_LENGTH);
  }

  /** What was said still goes out. */
  close(): void {
    this.isOver = true;
    // Unread text would make a reset of it, and what was said last would be lost.
    this.connection.read();
    this.connection.close();
  }

  writable(): void {
    this.unsent = this.unsent.subarray(this.connection.write(this.unsent));
  }

  readable(): void {
    while (!this.isOver) {
      this.filled += this.connection.readInto(this.part.subarray(this.filled));
      if (this.filled < this.part.length) return;
      this.take();
    }
  }

  ended(): void {
    this.end();
  }

  closed(): void {
    this.end();
  }

  failed(): void {
    this.end();
  }

  private expect(what: ControlConnection['expects'], size: number): void {
    this.expects = what;
    this.part = new Uint8Array(size);
    this.filled = 0;
  }

  private take(): void {
    const { part, expects, handler } = this;
    this.expect('state', 1);
    if (expects === 'state' && part[0] === IPERF_STATE.serverError && handler.error !== undefined)
      this.expect('error', ERROR_LENGTH);
    else if (expects === 'state') handler.state(part[0] as number);
    else if (expects === 'error') handler.error?.(new DataView(part.buffer).getUint32(0));
    else if (expects === 'text') handler.text(decodeUtf8(part));
    else {
      const length = new DataView(part.buffer).getUint32(0);
      if (length === 0 || length > MOST_TEXT) handler.text(undefined);
      else this.expect('text', length);
    }
  }

  private end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.connection.close();
    this.handler.gone();
  }
}
