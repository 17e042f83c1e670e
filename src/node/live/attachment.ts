// What `--attach` says: which node of the lab is outside, and by what kind of cable.

import { UsageError } from '../usage-error.js';
import type { FramePort } from './frame-port.js';
import type { StreamAddress } from './stream-port.js';

/** A node whose computer is outside of the simulation. */
export type Attachment = { readonly node: string } & (
  | { readonly kind: 'namespace' }
  | { readonly kind: 'stream'; readonly role: 'listen' | 'connect'; readonly address: StreamAddress }
  /** Ports on loopback. */
  | { readonly kind: 'dgram'; readonly local: number; readonly remote: number }
  /** 0: any port that is free. */
  | { readonly kind: 'websocket'; readonly port: number }
);

/** For the help of `--attach`. */
export const ATTACHMENTS = `  --attach pc                          a network namespace (needs root)
  --attach pc=stream:/run/pc.sock      listens for QEMU's -netdev stream, passt or
                                       another lab; also stream:127.0.0.1:7000
  --attach pc=connect:/run/pc.sock     the same, but connects
  --attach pc=dgram:7001:7002          UDP on loopback, from port 7001 to 7002
  --attach pc=ws:7003                  a WebSocket on loopback, one message a frame;
                                       its address with a token is printed`;

/** @throws UsageError when it says nothing that can be done */
export function parseAttachment(text: string): Attachment {
  const [, node = '', kind, rest = ''] = /^([^=]*)(?:=([a-z]+):?(.*))?$/.exec(text) ?? [];
  if (node === '') throw wrong(text, 'name a node, as in --attach pc');
  switch (kind) {
    case undefined:
      return { node, kind: 'namespace' };
    case 'stream':
      return { node, kind: 'stream', role: 'listen', address: streamAddress(text, rest) };
    case 'connect':
      return { node, kind: 'stream', role: 'connect', address: streamAddress(text, rest) };
    case 'dgram': {
      const [, local, remote] = /^(\d+):(\d+)$/.exec(rest) ?? [];
      if (local === undefined || remote === undefined)
        throw wrong(text, 'give both ports, as in dgram:7001:7002');
      return { node, kind: 'dgram', local: portNumber(text, local, 1), remote: portNumber(text, remote, 1) };
    }
    case 'ws':
      return { node, kind: 'websocket', port: portNumber(text, rest === '' ? '0' : rest, 0) };
    default:
      throw wrong(text, `there is no kind '${kind}'; there are stream, connect, dgram and ws`);
  }
}

/** Opens the port of an attachment. A namespace is none of them. @throws UsageError when it can not be opened */
export async function openPort(attachment: Exclude<Attachment, { kind: 'namespace' }>): Promise<FramePort> {
  const { node } = attachment;
  switch (attachment.kind) {
    case 'stream': {
      const { connectStream, listenForStream } = await import('./stream-port.js');
      const name = `stream of ${node}`;
      if (attachment.role === 'connect') return connectStream(name, attachment.address);
      return listenForStream(name, attachment.address);
    }
    case 'dgram': {
      const { openDgramPort } = await import('./dgram-port.js');
      return openDgramPort(`datagrams of ${node}`, attachment.local, attachment.remote);
    }
    case 'websocket': {
      const { openWebSocketPort } = await import('./websocket-port.js');
      return openWebSocketPort(`WebSocket of ${node}`, attachment.port);
    }
  }
}

function streamAddress(text: string, rest: string): StreamAddress {
  if (rest === '') throw wrong(text, 'give a path or a port on loopback, as in stream:/run/pc.sock');
  const [, host, port] = /^([^/]*):(\d+)$/.exec(rest) ?? [];
  if (port === undefined) return { path: rest };
  if (host !== '' && host !== 'localhost' && !/^127(?:\.\d{1,3}){3}$/.test(host ?? ''))
    throw wrong(text, `${host} is not this machine: a lab is reached on loopback only`);
  return { host: host === '' ? '127.0.0.1' : (host as string), port: portNumber(text, port, 0) };
}

function portNumber(text: string, port: string, least: number): number {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535 || Number(port) < least)
    throw wrong(text, `${port} is no port; give a number from ${least} to 65535`);
  return Number(port);
}

function wrong(text: string, why: string): UsageError {
  return new UsageError(`--attach ${text}: ${why}.`);
}
