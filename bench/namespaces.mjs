// Network namespaces and the programs in them, for the cases in which real programs judge. Everything ends with this
// program, however it ends but by SIGKILL; and what is left then, the next `wirewalk up` removes.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** Nothing of this machine's settings: no proxies, no certificates, no languages. */
const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/tmp',
  LANG: 'C.UTF-8',
};
const PACKAGES = /** @type {const} */ ({
  iperf3: 'iperf3',
  slirp4netns: 'slirp4netns',
  ping: 'iputils-ping',
});

/** Why these programs can't be run in namespaces here; undefined when they can. @param {readonly (keyof typeof PACKAGES)[]} programs */
export async function whyNoNamespaces(programs) {
  // Only now: the first thing a run does is to build what is imported here.
  const { missingForNamespaces } = await import('../dist/node/live/linux.js');
  const without = await missingForNamespaces();
  if (without.length > 0) return without.join(' ');
  const folders = ENVIRONMENT.PATH.split(':');
  const missing = programs.filter((name) => !folders.some((at) => existsSync(path.join(at, name))));
  if (missing.length === 0) return undefined;
  const packages = missing.map((name) => PACKAGES[name]).join(' ');
  return `no ${missing.join(', ')}; on Debian: apt-get install --no-install-recommends ${packages}`;
}

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/** @type {string[]} */
const names = [];
/** @type {ChildProcess[]} */
const children = [];

process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  for (const name of names) removeNamespace(name);
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.once(signal, () => process.exit(1));

/** @param {string} name */
function removeNamespace(name) {
  try {
    ip('netns', 'delete', name);
  } catch {
    // It is gone already.
  }
}

/** @param {...string} args */
export function ip(...args) {
  execFileSync('ip', args, { env: ENVIRONMENT, stdio: ['ignore', 'ignore', 'pipe'] });
}

/** An empty namespace with its loopback; its name is returned. @param {string} what */
export function addNamespace(what) {
  const name = `ww-${process.pid}-${what}`;
  names.push(name);
  ip('netns', 'add', name);
  ip('-n', name, 'link', 'set', 'lo', 'up');
  return name;
}

/** Two cards and a cable between them. @param {string} a @param {string} cardOfA @param {string} b @param {string} cardOfB */
export function addCable(a, cardOfA, b, cardOfB) {
  ip('link', 'add', 'name', cardOfA, 'netns', a, 'type', 'veth', 'peer', 'name', cardOfB, 'netns', b);
  for (const [name, card] of [
    [a, cardOfA],
    [b, cardOfB],
  ])
    ip('-n', name, 'link', 'set', card, 'up');
}

/** Starts a program in a namespace; it ends with this one. @param {string} namespace @param {string} program @param {...string} args */
export function startIn(namespace, program, ...args) {
  return start('ip', 'netns', 'exec', namespace, program, ...args);
}

/** Starts a program; it ends with this one. @param {string} program @param {...string} args */
export function start(program, ...args) {
  const child = spawn(program, args, { env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

/** Runs a program in a namespace to its end; what it printed. @param {string} namespace @param {string} program @param {...string} args */
export function runIn(namespace, program, ...args) {
  // What runs beside it must go on meanwhile, so nothing here waits in a system call.
  return finished(startIn(namespace, program, ...args));
}

/** What a program printed, once it has ended. @param {ChildProcess} child @returns {Promise<string>} */
export function finished(child) {
  return new Promise((resolve, reject) => {
    let [said, complained] = ['', ''];
    child.stdout?.on('data', (piece) => {
      said += piece;
    });
    child.stderr?.on('data', (piece) => {
      complained += piece;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(said);
      else reject(new Error(`${child.spawnargs.join(' ')}: exit code ${code}: ${complained}${said}`));
    });
  });
}

/** Waits until a program has said something. @param {ChildProcess} child @param {string} what */
export function saying(child, what) {
  return new Promise((resolve, reject) => {
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (piece) => {
        said += piece;
        if (said.includes(what)) resolve(undefined);
      });
    child.once('close', () => reject(new Error(`${child.spawnargs.join(' ')} has ended: ${said}`)));
  });
}

/** Ends a program and waits until it is gone. @param {ChildProcess} child @param {NodeJS.Signals} signal */
export function end(child, signal = 'SIGTERM') {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('close', resolve);
    child.kill(signal);
  });
}
