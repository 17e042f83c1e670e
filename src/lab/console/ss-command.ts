// `ss`: sockets as iproute2 shows them. Reading list: ss(8), RFC 9293 §3.3.2.

import { formatIpv4 } from '../../base/address.js';
import type { Time } from '../../base/time.js';
import type { Station } from '../../device/station.js';
import type { Endpoint } from '../../stack/endpoint.js';
import type { TcpConnection } from '../../stack/tcp/connection.js';
import type { TcpState } from '../../stack/tcp/state.js';
import { PORT_NAMES } from '../../wire/iana.js';
import { type Command, EXIT, wrongUsage } from './command.js';
import { getoptMessage, type Options, parseOptions } from './options.js';
import { internals, memoryText, timerText } from './ss-info.js';

export const ssCommand: Command = {
  name: 'ss',
  usage: 'ss [-t] [-u] [-a|-l] [-n] [-i] [-o] [-m] [-H]',
  help: 'show TCP and UDP sockets',
  options:
    '-t TCP, -u UDP, -a all, -l listening ones, -n ports and rates in figures, -i with what TCP knows,\n-o with timers, -m with memory, -H no header',
  run: (call) => {
    const options = parseOptions(
      call.args,
      {
        ...{ t: 'flag', u: 'flag', a: 'flag', l: 'flag', n: 'flag', i: 'flag', o: 'flag', m: 'flag' },
        ...{ H: 'flag', '4': 'flag' },
      },
      {
        ...{ tcp: 't', udp: 'u', all: 'a', listening: 'l', numeric: 'n', info: 'i', options: 'o' },
        ...{ memory: 'm', 'no-header': 'H', ipv4: '4' },
      },
    );
    if ('problem' in options) return wrongUsage(call, getoptMessage('ss', options), EXIT.failure);
    if (options.operands.length > 0)
      return wrongUsage(call, `ss: filters are not spoken here: '${options.operands[0]}'`, EXIT.failure);
    const rows = socketsOf(call.device).filter((row) => isWanted(row, options));
    call.write(format(rows, options, call.device.stack.context.clock.now));
    return EXIT.ok;
  },
};

interface SocketRow {
  readonly protocol: 'udp' | 'tcp';
  readonly state: string;
  readonly receiveQueue: number;
  readonly sendQueue: number;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly connection?: TcpConnection;
}

/** The state names of ss; the others are spelled as in RFC 9293. */
const STATES: Readonly<Partial<Record<TcpState, string>>> = {
  ESTABLISHED: 'ESTAB',
  'SYN-RECEIVED': 'SYN-RECV',
};
const ANY: Endpoint = { address: 0, port: 0 };

function socketsOf({ stack: { udp, tcp } }: Station): SocketRow[] {
  const rows: SocketRow[] = [];
  for (const { local, remote, available } of udp.list()) {
    const state = remote === undefined ? 'UNCONN' : 'ESTAB';
    rows.push({
      protocol: 'udp',
      state,
      receiveQueue: available,
      sendQueue: 0,
      local,
      remote: remote ?? ANY,
    });
  }
  for (const port of tcp.listeningPorts()) {
    const local = { address: 0, port };
    rows.push({
      protocol: 'tcp',
      state: 'LISTEN',
      receiveQueue: 0,
      sendQueue: tcp.backlogOf(port),
      local,
      remote: ANY,
    });
  }
  for (const connection of tcp.list()) {
    rows.push({
      protocol: 'tcp',
      state: STATES[connection.state] ?? connection.state,
      receiveQueue: connection.receiver.available,
      sendQueue: connection.sender.buffer.length,
      local: connection.local,
      remote: connection.remote,
      connection,
    });
  }
  return rows;
}

/** Without -a and -l: connections, but neither half-open nor finished ones. */
function isWanted({ protocol, state }: SocketRow, options: Options): boolean {
  if (options.has('t') !== options.has('u') && !options.has(protocol === 'tcp' ? 't' : 'u')) return false;
  if (options.has('a')) return true;
  const waits = state === 'LISTEN' || state === 'UNCONN';
  return options.has('l') ? waits : !waits && state !== 'TIME-WAIT' && state !== 'SYN-RECV';
}

/** Columns as wide as they must be; addresses end and ports begin at the colon. */
function format(rows: readonly SocketRow[], options: Options, now: Time): string {
  const both = options.has('t') === options.has('u');
  const portText = (port: number): string =>
    port === 0 ? '*' : options.has('n') ? String(port) : (PORT_NAMES[port] ?? String(port));
  const header = [
    ...(both ? ['Netid'] : []),
    'State',
    'Recv-Q',
    'Send-Q',
    'Local Address',
    'Port',
    'Peer Address',
    'Port',
  ];
  const cells = rows.map(({ protocol, state, receiveQueue, sendQueue, local, remote }) => [
    ...(both ? [protocol] : []),
    ...[state, String(receiveQueue), String(sendQueue)],
    ...[formatIpv4(local.address), portText(local.port), formatIpv4(remote.address), portText(remote.port)],
  ]);
  const first = both ? 4 : 3;
  const widths = header.map((title, column) =>
    cells.reduce((width, row) => Math.max(width, (row[column] as string).length), title.length),
  );
  const line = (row: readonly string[]): string => {
    let text = row
      .slice(0, first)
      .map((cell, column) => cell.padEnd(widths[column] as number))
      .join(' ');
    for (let column = first; column < row.length; column += 2) {
      const [address, port] = [row[column] as string, row[column + 1] as string];
      text += ` ${address.padStart(widths[column] as number)}:${port.padEnd(widths[column + 1] as number)}`;
    }
    return text.trimEnd();
  };
  let text = options.has('H') ? '' : `${line(header)} Process\n`;
  for (const [i, row] of cells.entries()) {
    const { connection, state } = rows[i] as SocketRow;
    const info = connection?.info();
    const timer = options.has('o') && info !== undefined ? timerText(info, now) : '';
    text += `${line(row)}${timer}\n`;
    if (connection === undefined || info === undefined || !(options.has('i') || options.has('m'))) continue;
    // Of a connection in TIME-WAIT nothing is kept but its ends.
    const isOver = state === 'TIME-WAIT';
    const memory = options.has('m') && !isOver ? memoryText(connection, info) : '';
    const detail = { options: options.has('o'), numeric: options.has('n') };
    text += `\t${memory}${options.has('i') && !isOver ? internals(info, detail) : ''}\n`;
  }
  return text;
}
