// The few calls of Linux that Node does not have: into a network namespace and back, and a card made of a file. They
// come by koffi, which is loaded when somebody attaches a namespace, and not before.
// Reading list: tuntap.txt of the kernel's documentation, netdevice(7), setns(2), network_namespaces(7).

import { spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants, openSync } from 'node:fs';
import { UsageError } from '../usage-error.js';
import type { Alarm } from './frame-port.js';

const O_RDWR = 0o2;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
/** linux/if_tun.h: a card that carries Ethernet frames, with nothing in front of them. */
const TUNSETIFF = 0x400454ca;
const IFF_TAP = 0x0002;
const IFF_NO_PI = 0x1000;
/** What we write goes to the card's NAPI, which may have a thread of its own (since Linux 5.12). */
const IFF_NAPI = 0x0010;
/** struct ifreq: 16 bytes of name, then flags; 40 bytes where pointers have 8. */
const IFREQ_LENGTH = 40;
const IFREQ_FLAGS = 16;
/** linux/if.h: with the 0 behind it. */
const IFNAMSIZ = 16;
const NO_REST = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const CLONE_NEWNET = 0x40000000;
/** netdevice(7), linux/sockios.h, linux/ethtool.h: settings of a card are asked for at any socket. */
const AF_INET = 2;
const SOCK_DGRAM = 2;
const SIOCETHTOOL = 0x8946;
const ETHTOOL_SGRO = 0x2c;
/** timerfd_create(2); struct itimerspec is four numbers of 8 bytes, the last two say when: seconds and ns. */
const CLOCK_MONOTONIC = 1;
const ITIMERSPEC_LENGTH = 32;
const ITIMERSPEC_VALUE = 16;

const DEVICE = '/dev/net/tun';
export const NAMESPACES = '/run/netns';

export interface Linux {
  /** Runs `act` inside of a named network namespace; meanwhile nothing else runs in this thread. */
  inNamespace<T>(name: string, act: () => T): T;
  /**
   * Makes a TAP in the namespace this is called in; the card is gone when the descriptor is closed. Whoever looks at it in
   * there sees every frame as it came, none joined with the next (GRO). @throws Error
   */
  openTap(name: string): number;
  /** Bytes read, or a negative number: nothing there. */
  read(descriptor: number, into: Uint8Array): number;
  /** Bytes written, or a negative number: not taken. */
  write(descriptor: number, bytes: Uint8Array): number;
  close(descriptor: number): void;
  /** An alarm that comes some 50 µs late, with nothing to do until then. @throws Error */
  alarm(ring: () => void): Alarm;
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
  const timerfdCreate = libc.func('int timerfd_create(int clock, int flags)') as (
    clock: number,
    flags: number,
  ) => number;
  const timerfdSettime = libc.func(
    'int timerfd_settime(int fd, int flags, const void *when, void *before)',
  ) as (fd: number, flags: number, when: Uint8Array, before: null) => number;
  const setns = libc.func('int setns(int fd, int type)') as (fd: number, type: number) => number;
  const socket = libc.func('int socket(int family, int type, int protocol)') as (
    family: number,
    type: number,
    protocol: number,
  ) => number;
  const setting = koffi.struct({ command: 'uint32_t', value: 'uint32_t' });
  const question = koffi.struct({
    name: koffi.array('char', IFNAMSIZ),
    data: koffi.pointer(setting),
    rest: koffi.array('uint8_t', IFREQ_LENGTH - IFNAMSIZ - 8),
  });
  const ask = libc.func('ioctl', 'int', ['int', 'ulong', koffi.pointer(question)]) as (
    fd: number,
    request: number,
    question: { readonly name: string; readonly data: { command: number; value: number }; rest: number[] },
  ) => number;
  const refused = (what: string): Error => new Error(`${what}: the system says no (errno ${koffi.errno()})`);

  const linux: Linux = {
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
      // Kernels before 4.15 do not know the last one.
      for (const flags of [IFF_TAP | IFF_NO_PI | IFF_NAPI, IFF_TAP | IFF_NO_PI]) {
        request.writeUInt16LE(flags, IFREQ_FLAGS);
        if (ioctl(descriptor, TUNSETIFF, request) < 0) continue;
        const any = socket(AF_INET, SOCK_DGRAM | O_CLOEXEC, 0);
        ask(any, SIOCETHTOOL, { name, data: { command: ETHTOOL_SGRO, value: 0 }, rest: NO_REST });
        close(any);
        return descriptor;
      }
      const error = refused(`the card ${name}`);
      close(descriptor);
      throw error;
    },
    read: (descriptor, into) => Number(read(descriptor, into, into.length)),
    write: (descriptor, bytes) => Number(write(descriptor, bytes, bytes.length)),
    close: (descriptor) => void close(descriptor),
    alarm(ring) {
      const descriptor = timerfdCreate(CLOCK_MONOTONIC, O_NONBLOCK | O_CLOEXEC);
      if (descriptor < 0) throw refused('timerfd_create');
      const when = Buffer.alloc(ITIMERSPEC_LENGTH);
      const rung = Buffer.alloc(8);
      const watch = linux.watch(descriptor, () => {
        if (linux.read(descriptor, rung) > 0) ring();
      });
      let isOpen = true;
      return {
        set(after) {
          const seconds = Math.floor(after / 1e9);
          when.writeUInt32LE(seconds, ITIMERSPEC_VALUE);
          // 0 and 0 would stand it still.
          when.writeUInt32LE(Math.max(1, Math.floor(after - seconds * 1e9)), ITIMERSPEC_VALUE + 8);
          if (isOpen) timerfdSettime(descriptor, 0, when, null);
        },
        close() {
          if (!isOpen) return;
          isOpen = false;
          watch.close();
          close(descriptor);
        },
      };
    },
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
  return linux;
}

type Transfer = (fd: number, bytes: Uint8Array, length: number) => number;
