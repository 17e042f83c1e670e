// What tests of the page need: the built-in labs as texts, runs of them, and the engine without a thread of its own.

import fc from 'fast-check';
import type { HeldRun } from '../state/store.js';
import type { LabSource, Question, Reply, RunSpec } from '../worker/protocol.js';
import { answerTo } from '../worker/questions.js';
import { startRun } from '../worker/runs.js';

/** A network in which much goes wrong: losses, fragments, errors, refusals, a contest of routes, names that are odd. */
const ROUGH = `
name: rough
topology:
  nodes:
    pc:
      kind: host
      interfaces: { eth0: { ip: 192.0.2.1/24 } }
      gateway: 192.0.2.254
      dns: [198.51.100.53]
    sw: { kind: switch }
    r1:
      kind: router
      interfaces: { lan: { ip: 192.0.2.254/24 }, far: { ip: 203.0.113.1/30 } }
      gateway: 203.0.113.2
      routes: [{ to: 198.51.100.0/24, via: 203.0.113.2 }]
    r2:
      kind: router
      interfaces: { near: { ip: 203.0.113.2/30 }, net: { ip: 198.51.100.1/24 } }
      routes: [{ to: 192.0.2.0/24, via: 203.0.113.1 }]
    server:
      kind: host
      label: the "server" \\o/
      interfaces: { eth0: { ip: 198.51.100.53/24 } }
      gateway: 198.51.100.1
      services:
        dns:
          zones:
            example.org:
              - "@ 3600 SOA ns.example.org. admin.example.org. 1 7200 900 604800 60"
              - "www 300 A 198.51.100.53"
              - "shop 300 CNAME www.example.org."
              - 'cafe 300 TXT "a \\"quoted\\" text, 100% \\\\ odd; 192.0.2.1"'
        http:
          sites:
            "*":
              /: { body: "<h1>Hello</h1>", headers: { X-Odd: 'deadbeef "==" \\ || 02:00:00:00:00:01' } }
              /big: { size: 9000, type: application/octet-stream }
  links:
    - { endpoints: ["pc:eth0", "sw:p1"], delay: 10us }
    - { endpoints: ["r1:lan", "sw:p2"], delay: 10us }
    - { endpoints: ["r1:far", "r2:near"], delay: 5ms, rate: 10M, mtu: 1000 }
    - { endpoints: ["r2:net", "server:eth0"], delay: 1ms, rate: 100M }
faults:
  - { link: ["r1:far", "r2:near"], from: r1, match: "tcp.flags.syn == 1", nth: 1, do: drop }
script:
  - { node: pc, browse: "http://www.example.org/" }
  - { node: pc, run: "ping -c 1 -s 3000 198.51.100.53" }
  - { node: pc, run: "dig nosuch.example.org" }
  - { node: pc, run: "dig shop.example.org" }
  - { node: pc, run: "dig cafe.example.org TXT" }
  - { node: pc, run: "dig @192.0.2.254 www.example.org" }
  - { node: pc, run: "curl http://198.51.100.53:81/" }
  - { node: pc, run: "curl http://198.51.100.53/big" }
  - { node: pc, run: "traceroute 198.51.100.53" }
`;

const TEXTS: Readonly<Record<string, string>> = import.meta.glob('../../../labs/*.yaml', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** The names of all built-in labs. */
export const LABS = Object.keys(TEXTS).map((path) => path.replace(/^.*\/|\.yaml$/g, ''));

/** The same, and one in which much goes wrong. */
export const ALL_LABS = [...LABS, 'rough'];

/** A lab as somebody's file: nothing has to be fetched. */
export function labSource(name: string): LabSource & { readonly kind: 'text' } {
  const text = name === 'rough' ? ROUGH : TEXTS[`../../../labs/${name}.yaml`];
  if (text === undefined) throw new Error(`There is no lab '${name}'.`);
  return { kind: 'text', file: `${name}.yaml`, text };
}

const made = new Map<string, Promise<HeldRun>>();

/** A run of a lab; the same one for everybody who asks for it. */
export function runOfLab(name: string, spec: Partial<RunSpec> = {}): Promise<HeldRun> {
  const key = JSON.stringify([name, spec]);
  const known = made.get(key);
  if (known !== undefined) return known;
  const run = startRun({ lab: labSource(name), typed: [], ...spec }).then((answer) => ({
    ...answer,
    label: 'first run',
  }));
  made.set(key, run);
  return run;
}

/** Does a worker's work where it is: there are no web workers outside of browsers. */
class WorkerInPlace {
  onmessage: ((message: { readonly data: Reply }) => void) | undefined;

  postMessage({ id, subject, ask }: Question): void {
    Promise.resolve()
      .then(() => answerTo(subject, ask as never))
      .then(
        (answer): Reply => ({ id, answer }),
        (error: Error): Reply => ({ id, failure: error.message }),
      )
      // Answers are copied on their way between threads: what can not be copied must not be in them.
      .then((reply) => this.onmessage?.({ data: structuredClone(reply) }));
  }
}

/** From here on the page's questions are answered. */
export function startEngine(): void {
  Object.assign(globalThis, { Worker: WorkerInPlace });
}

/** Any text at all, also what is no sound Unicode. `unit: 'binary'` of fast-check takes a second to begin. */
export function anyText(maxLength = 20): fc.Arbitrary<string> {
  const letter = fc.oneof(fc.integer({ min: 0, max: 0x7f }), fc.integer({ min: 0, max: 0x10ffff }));
  return fc.array(letter, { maxLength }).map((codes) => String.fromCodePoint(...codes));
}
