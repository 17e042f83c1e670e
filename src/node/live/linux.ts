// The few calls of Linux that Node does not have: into a network namespace and back, and a card made of a file. They
// come by koffi, which is loaded when somebody attaches a namespace, and not before.
// Reading list: tuntap.txt of the kernel's documentation, netdevice(7), setns(2), network_namespaces(7).

import { spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants, openSync } from 'node:fs';
import { UsageError } from '../usage-error.js';

const O_RDWR = 0o2;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
/** linux/if_tun.h: a card that carries Ethernet frames, with nothing in front of them. */
const TUNSETIFF = 0x400454ca;
const IFF_TAP = 0x0002;
const IFF_NO_PI = 0x1000;
/** struct ifreq: 16 bytes of name, then flags; 40 bytes where pointers have 8. */
const IFREQ_LENGTH = 40;
const IFREQ_FLAGS = 16;
/** linux/if.h: with the 0 behind it. */
const IFNAMSIZ = 16;
const CLONE_NEWNET = 0x40000000;

const DEVICE = '/dev/net/tun';
export const NAMESPACES = '/run/netns';

export interface Linux {
  /** Runs `act` inside of a named network namespace; meanwhile nothing else runs in this thread. */
  inNamespace<T>(name: string, act: () => T): T;
  /** Makes a TAP in the namespace this is called in; the card is gone when the descriptor is closed. @throws Error */
  openTap(name: string): number;
  /** Bytes read, or a negative number: nothing there. */
  read(descriptor: number, into: Uint8Array): number;
  /** Bytes written, or a negative number: not taken. */
  write(descriptor: number, bytes: Uint8Array): number;
  close(descriptor: number): void;
  /** Calls whenever something can be read, until the watch is closed; that comes before `close` of the descriptor. */
  watch(descriptor: number, readable: () => void): { close(): void };
}

/** A name that Linux can give to a card. */
export function isCardName(name: string): boolean {
  return name.length < IFNAMSIZ && /^[\w.-]+$/.test(name) && !/^(?:\.\.?|lo|all|default)$/.test(name);
}

/**
 * What stands in the way of attaching a namespace here, a sentence each; none: nothing does.
 * @param koffi how the package is loaded; tests let it fail
 */
export async function missingForNamespaces(
  koffi: () => Promise<unknown> = () => import('koffi'),
): Promise<string[]> {
  if (process.platform !== 'linux') return [`Network namespaces are Linux's; this is ${process.platform}.`];
  const missing: string[] = [];
  if (process.getuid?.() !== 0) missing.push('Only root may make a network namespace: try it with sudo.');
  if (spawnSync('ip', ['-Version'], { stdio: 'ignore' }).error !== undefined)
    missing.push('There is no program ip; the package iproute2 has it.');
  try {
    accessSync(DEVICE, constants.R_OK | constants.W_OK);
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    missing.push(
      isAbsent
        ? `There is no ${DEVICE}: \`modprobe tun\` brings it, a container needs --device ${DEVICE}.`
        : `${DEVICE} may not be opened.`,
    );
  }
  try {
    await koffi();
  } catch (error) {
    const [reason = ''] = String((error as Error | undefined)?.message ?? error).split('\n');
    missing.push(`The package koffi can not be loaded: \`npm install koffi\` installs it (${reason}).`);
  }
  return missing;
}

let loaded: Promise<Linux> | undefined;

/** @throws UsageError when koffi is not there */
export function loadLinux(): Promise<Linux> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Linux> {
  const { default: koffi } = await import('koffi').catch(() => {
    throw new UsageError('The package koffi can not be loaded: `npm install koffi` installs it.');
  });
  const libc = koffi.load('libc.so.6');
  const open = libc.func('int open(const char *path, int flags)') as (path: string, flags: number) => number;
  const close = libc.func('int close(int fd)') as (fd: number) => number;
  const ioctl = libc.func('int ioctl(int fd, unsigned long request, void *argument)') as (
    fd: number,
    request: number,
    argument: Uint8Array,
  ) => number;
  const read = libc.func('intptr_t read(int fd, void *into, size_t length)') as Transfer;
  const write = libc.func('intptr_t write(int fd, const void *from, size_t length)') as Transfer;
  const setns = libc.func('int setns(int fd, int type)') as (fd: number, type: number) => number;
  const refused = (what: string): Error => new Error(`${what}: the system says no (errno ${koffi.errno()})`);

  return {
    inNamespace(name, act) {
      const home = openSync('/proc/thread-self/ns/net', 'r');
      try {
        const there = openSync(`${NAMESPACES}/${name}`, 'r');
        const entered = setns(there, CLONE_NEWNET) === 0;
        closeSync(there);
        if (!entered) throw refused(`into the namespace ${name}`);
        try {
          return act();
        } finally {
          // Whatever this program did from here on, it would do it in there.
          if (setns(home, CLONE_NEWNET) !== 0) process.abort();
        }
      } finally {
        closeSync(home);
      }
    },
    openTap(name) {
      const descriptor = open(DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
      if (descriptor < 0) throw refused(DEVICE);
      const request = Buffer.alloc(IFREQ_LENGTH);
      request.write(name, 0, IFNAMSIZ - 1, 'latin1');
      request.writeUInt16LE(IFF_TAP | IFF_NO_PI, IFREQ_FLAGS);
      if (ioctl(descriptor, TUNSETIFF, request) >= 0) return descriptor;
      const error = refused(`the card ${name}`);
      close(descriptor);
      throw error;
    },
    read: (descriptor, into) => Number(read(descriptor, into, into.length)),
    write: (descriptor, bytes) => Number(write(descriptor, bytes, bytes.length)),
    close: (descriptor) => void close(descriptor),
    watch: (descriptor, readable) =>
      koffi.node.poll(descriptor, { readable: true }, () => {
        try {
          readable();
        } catch (error) {
          // From here it would reach nobody.
          setImmediate(() => {
            throw error;
          });
        }
      }),
  };
}

type Transfer = (fd: number, bytes: Uint8Array, length: number) => number;
