// `wirewalk up LAB`: runs a lab in real time, with real computers plugged in.

import type { Command } from 'commander';
import { formatIpv4 } from '../../base/address.js';
import { formatDuration, MILLISECOND, parseDuration, type Time } from '../../base/time.js';
import type { Lab } from '../../lab/read-lab.js';
import type { LabNode } from '../../lab/schema.js';
import type { NetworkInterface } from '../../stack/network-interface.js';
import { ATTACHMENTS, type Attachment, openPort, parseAttachment } from '../live/attachment.js';
import type { ControlServer } from '../live/control.js';
import type { FramePort } from '../live/frame-port.js';
import type { LiveLab, PluggedNode, WaitingLab } from '../live/live-lab.js';
import type { StreamPort } from '../live/stream-port.js';
import type { WebSocketPort } from '../live/websocket-port.js';
import { openLab } from '../open-lab.js';
import { print } from '../screen.js';
import { UsageError } from '../usage-error.js';
import { addSeedOption } from '../walk-options.js';

interface UpOptions {
  readonly attach?: readonly string[] | false;
  readonly detachAfter?: Time;
  readonly seed?: number;
}

const HELP = `
An attached node is a network namespace of this machine in place of a simulated
one: every program you start there with \`wirewalk enter\` talks to the lab, and
to nothing else. Without --attach it is the node where the lab's script begins.

Examples:
  wirewalk up nat-http
  wirewalk enter pc -- curl -v http://www.example.com/   in a second terminal
  wirewalk enter pc                                      a shell
  wirewalk up nat-http --attach pc --attach laptop       two of them

What can stand behind --attach:
${ATTACHMENTS}

Nothing is bridged: no card, route or file of this machine is touched, a
namespace has the lab's cable and a loopback of its own and no other way out,
and sockets are reached on this machine only. No option joins a lab to a real
network.

Ctrl-C ends it and leaves nothing behind.`;

/** How often we look whether the machine keeps up, in ms. */
const LOOK = 5_000;

export function addUp(program: Command): void {
  const command = program
    .command('up')
    .summary('run a lab in real time, with real programs on it')
    .description('Runs a lab in real time; nodes can be real computers.')
    .argument('<lab>', 'a built-in lab or a file')
    .option(
      '--attach <node>',
      'a node that is outside, see below; may be repeated',
      (text: string, before: readonly string[] | false | undefined) => [...(before || []), text],
    )
    .option('--no-attach', 'attach nothing')
    .option('--detach-after <time>', 'end by itself after this time', parseEnd);
  addSeedOption(command).addHelpText('after', HELP).action(up);
}

async function up(given: string, { attach, detachAfter, seed }: UpOptions): Promise<void> {
  const lab = await openLab(given);
  const wanted = await wantedAttachments(lab, attach);
  const [{ prepareLive }, { serveControl }, { removeMade }, { removeLeftOvers }] = await Promise.all([
    import('../live/live-lab.js'),
    import('../live/control.js'),
    import('../live/attach-namespace.js'),
    import('../live/namespace.js'),
  ]);
  const ending = endOf(detachAfter);
  const plugged: (PluggedNode & Told)[] = [];
  let live: LiveLab | undefined;
  let control: ControlServer | undefined;
  try {
    if (wanted.some(({ kind }) => kind === 'namespace')) removeLeftOvers();
    const waiting = prepareLive(
      lab,
      wanted.map(({ node }) => node),
      {
        onOverflow: (frames) => ending.end(overflow(frames)),
        ...(seed === undefined ? {} : { seed }),
      },
    );
    for (const one of wanted) plugged.push(await plugIn(one, waiting));
    live = waiting.start(plugged);
    const { pacer, world } = live;
    const attached = plugged.map(({ node }) => node);
    control = await serveControl({ lab, world, attached, inject: (act) => pacer.inject(act) });
    tellWhenLate(live);
    print(introduction(lab, plugged));
    const problem = await ending.reached;
    if (problem !== undefined) {
      process.stderr.write(`wirewalk: ${problem}\n`);
      process.exitCode = 1;
    }
  } finally {
    live?.pacer.stop();
    await control?.close();
    for (const { ports } of plugged) for (const port of ports.values()) await port.close();
    removeMade();
    // Only now may a second Ctrl-C end us at once.
    ending.forget();
  }
}

const overflow = (frames: number): string =>
  `${frames} frames are under way at once: they multiply, as in a ring of switches. The lab has stopped.`;

/** What is to be attached, or a message that says what is missing for it. */
async function wantedAttachments(lab: Lab, given: UpOptions['attach']): Promise<Attachment[]> {
  if (given === false) return [];
  const { checkAttachments, usualAttachment } = await import('../live/check-attachment.js');
  const usual = usualAttachment(lab);
  const wanted = given?.map(parseAttachment) ?? (usual === undefined ? [] : [usual]);
  checkAttachments(wanted, lab);
  const first = wanted.find(({ kind }) => kind === 'namespace');
  if (first === undefined) return wanted;
  const { missingForNamespaces } = await import('../live/linux.js');
  const missing = await missingForNamespaces();
  if (missing.length === 0) return wanted;
  const { node } = first;
  throw new UsageError(
    `${node} can't become a network namespace here.\n${missing.map((line) => `  ${line}\n`).join('')}\n` +
      'What works without:\n' +
      `  --attach ${node}=stream:PATH   a virtual machine, by QEMU's -netdev stream\n` +
      `  --attach ${node}=dgram:HERE:THERE   the same by -netdev dgram\n` +
      `  --attach ${node}=ws:PORT   a virtual machine in a browser, by WebSocket\n` +
      '  --no-attach   the lab in real time, with nothing attached\n' +
      `  wirewalk exec ${lab.name} ${node} -- COMMAND   the simulated node's own commands`,
  );
}

async function plugIn(attachment: Attachment, { lab, tap }: WaitingLab): Promise<PluggedNode & Told> {
  const { node } = attachment;
  const described = lab.topology.nodes.get(node) as LabNode;
  const device = tap(node);
  const cards = device.ports.map(({ name }) => {
    const address = described.interfaces?.get(name)?.ip;
    return address === undefined ? name : `${name} ${formatIpv4(address.address)}/${address.prefix.length}`;
  });
  if (attachment.kind === 'namespace') {
    const { attachNamespace } = await import('../live/attach-namespace.js');
    const { name, ports } = await attachNamespace(node, described, device);
    const told = [
      `${node} is the network namespace ${name} (${cards.join(', ')})`,
      `  wirewalk enter ${node} -- ${exampleFor(lab, node)}`,
      `  wirewalk enter ${node}          a shell`,
    ];
    return { node, ports, told };
  }
  const port = await openPort(attachment);
  const [card] = device.ports as [NetworkInterface];
  const told = [`${node} is whoever plugs in at ${await whereIs(port, attachment)} (${cards.join(', ')})`];
  return { node, ports: new Map([[card.name, port]]), told };
}

/** What is said of an attached node. */
interface Told {
  readonly told: readonly string[];
}

async function whereIs(port: FramePort, attachment: Attachment): Promise<string> {
  if (attachment.kind === 'dgram')
    return `UDP port ${attachment.local} of this machine, from port ${attachment.remote}`;
  const { url, address } = port as Partial<WebSocketPort & StreamPort>;
  if (url !== undefined || address === undefined) return url ?? port.name;
  const { formatAddress } = await import('../live/stream-port.js');
  return `${attachment.kind}:${formatAddress(address)}`;
}

/** The end of the run: Ctrl-C, a signal, its time, or a reason. */
function endOf(after: Time | undefined) {
  let end: (problem?: string) => void = () => {};
  const reached = new Promise<string | undefined>((resolve) => {
    end = resolve;
  });
  const stop = (): void => end();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  // Also what keeps the program alive while nothing happens in the lab.
  const timer = setTimeout(stop, after === undefined ? 2 ** 31 - 1 : after / MILLISECOND);
  return {
    reached,
    end,
    forget: () => {
      clearTimeout(timer);
      for (const signal of signals) process.off(signal, stop);
    },
  };
}

/** Says on stderr when the machine can't keep up. */
function tellWhenLate({ pacer }: LiveLab): void {
  let before = 0;
  setInterval(() => {
    const lost = pacer.lost - before;
    before = pacer.lost;
    if (lost === 0) return;
    process.stderr.write(
      `wirewalk: this machine can't keep up: in the last ${LOOK / 1000} s the lab's time stood still for ${formatDuration(lost)}.\n`,
    );
  }, LOOK).unref();
}

function introduction(lab: Lab, nodes: readonly Told[]): string {
  const lines = nodes.flatMap(({ told }) => ['', ...told.map((line) => `  ${line}`)]);
  const nobody = nodes.length === 0 ? ['Nothing is attached.'] : [];
  return [`${lab.name} runs in real time.`, ...nobody, ...lines, '', 'Ctrl-C ends it.'].join('\n');
}

/** Something to try at a node: the page of the lab's script, otherwise a ping to where it sends what is not its own. */
function exampleFor(lab: Lab, node: string): string {
  const pages = lab.script.filter((step) => 'browse' in step);
  const page = pages.find((step) => step.node === node) ?? pages[0];
  if (page !== undefined) return `curl -v ${page.browse.text}`;
  const gateway = lab.topology.nodes.get(node)?.gateway;
  return gateway === undefined ? 'ip address' : `ping -c 3 ${formatIpv4(gateway)}`;
}

function parseEnd(text: string): Time {
  const time = parseDuration(text);
  if (time === undefined || time === 0)
    throw new UsageError(`--detach-after ${text}: give a time such as 30s or 10min.`);
  return time;
}
