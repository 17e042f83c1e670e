// What peers, programs and routers do in a script.

import type { TcpConnection } from '../../src/stack/tcp/connection.js';
import { TCP_FLAG } from '../../src/wire/tcp.js';
import type { Account } from './account.js';
import { within } from './compare.js';
import { type Action, HOST_PORT } from './script.js';
import { formatBounds, type SegmentText } from './segment-text.js';
import type { Program, Stage } from './stage.js';
import { peerByte } from './talk.js';

export function act(stage: Stage, account: Account, action: Action, port: number): void {
  const done = actOnStage(stage, action, port);
  if (typeof done === 'string') account.fail(stage.world.now, [done]);
  else if (!done) call(stage, account, action, port);
}

/**
 * What needs no program. True: it is done; a text: why it could not be; false: it is something that a program asks of its
 * connection.
 */
export function actOnStage(stage: Stage, action: Action, port: number): boolean | string {
  switch (action.kind) {
    case 'send':
      for (let peer = 0; peer < action.peers; peer++)
        for (let time = 0; time < action.times; time++) stage.send(port + peer, action.segment);
      return true;
    case 'acknowledge':
      for (let ack = action.first; ack <= action.last; ack += action.by) stage.send(port, plainAck(ack));
      return true;
    case 'error':
      return stage.sendError(port, action.type, action.code, action.mtu, action.about) ?? true;
    case 'listen':
      return stage.listen(action.backlog, action.cookies) ?? true;
    case 'stop-listening':
      stage.tcp.stopListening(HOST_PORT);
      return true;
    case 'connect':
      return stage.connect(port) ?? true;
    default:
      return false;
  }
}

/** What a program asks that needs nothing but its connection, if it has one. False: it is something else. */
export function actOnConnection(connection: TcpConnection | undefined, action: Action): boolean {
  switch (action.kind) {
    case 'shutdown':
      connection?.shutdown();
      return true;
    case 'close':
      connection?.close();
      return true;
    case 'abort':
      connection?.abort();
      return true;
    case 'set':
      connection?.setOptions(action.options);
      return true;
    default:
      return false;
  }
}

export function plainAck(ack: number): SegmentText {
  return {
    flags: TCP_FLAG.ack,
    numbers: { ack: { low: ack, high: ack } },
    sackPermitted: false,
    without: [],
    odd: {},
  };
}

/** What the program asks of its connection, and whether it gets what it should. */
function call(stage: Stage, account: Account, action: Action, port: number): void {
  const program = programOf(stage, account, port);
  if (action.kind === 'reading') {
    program.atOnce = action.atOnce;
    return;
  }
  const connection = connectionOf(stage, account, port);
  switch (action.kind) {
    case 'write': {
      const taken = program.write(connection, action.length, action.text, action.urgent);
      const wanted = action.takes ?? { low: action.length, high: action.length };
      if (!within(taken, wanted)) {
        const difference = { field: 'bytes taken', wanted: formatBounds(wanted), got: String(taken) };
        account.differ(stage.world.now, [difference]);
      }
      return;
    }
    case 'read':
      read(stage, account, action, port, connection);
      return;
    default:
      if (!actOnConnection(connection, action))
        account.fail(stage.world.now, [`nobody has said how to play “${action.kind}”`]);
  }
}

function read(
  stage: Stage,
  account: Account,
  action: Extract<Action, { kind: 'read' }>,
  port: number,
  connection: TcpConnection,
): void {
  const program = programOf(stage, account, port);
  const before = program.received.length;
  const bytes = program.read(action.most, connection);
  const { now } = stage.world;
  const text = String.fromCharCode(...bytes);
  if (action.text !== undefined && action.text !== text) {
    account.differ(now, [{ field: 'text', wanted: JSON.stringify(action.text), got: JSON.stringify(text) }]);
  }
  const { gets } = action;
  if (gets !== undefined && !within(bytes.length, gets)) {
    account.differ(now, [{ field: 'bytes read', wanted: formatBounds(gets), got: String(bytes.length) }]);
  }
  const problem = wrongByte(stage, port, before);
  if (problem !== undefined) account.fail(now, [problem]);
}

/** Is all that a program has read, from a place of its stream on, what its peer has sent? */
export function wrongByte(stage: Stage, port: number, from = 0): string | undefined {
  const received = stage.program(port)?.received ?? [];
  if (stage.talk(port).hasOwnText) return undefined;
  for (let at = from; at < received.length; at++)
    if (received[at] !== peerByte(at))
      return `byte ${at + 1} of the stream is not the one that the peer sent`;
  return undefined;
}

export function programOf(stage: Stage, account: Account, port: number): Program {
  const program = stage.program(port);
  if (program === undefined)
    account.mistake('there is no program yet', 'It listens and is called, or it connects.');
  return program;
}

export function connectionOf(stage: Stage, account: Account, port: number): TcpConnection {
  const connection = programOf(stage, account, port).connection ?? stage.connection(port);
  if (connection === undefined)
    account.mistake('there is no connection yet', 'It listens and is called, or it connects.');
  return connection;
}
