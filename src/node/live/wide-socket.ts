// Room for what a socket has to send. The kernel takes some 200 KB at a time, and asks for more only once in a turn of the
// event loop: while a lab is busy that is a small part of what happens in it.
// Reading list: socket(7), SO_SNDBUF and SO_SNDBUFFORCE; unix(7).

import type { Socket } from 'node:net';

const SOL_SOCKET = 1;
const SO_SNDBUF = 7;
/** As much as we like, for root. */
const SO_SNDBUFFORCE = 32;

/** Widens the send buffer of a socket to so many bytes, as far as this system lets us: without, all that works is slower. */
export async function widen(socket: Socket, bytes: number): Promise<void> {
  if (process.platform !== 'linux') return;
  try {
    const { default: koffi } = await import('koffi');
    const libc = koffi.load('libc.so.6');
    const set = libc.func(
      'int setsockopt(int fd, int level, int name, const void *value, unsigned int length)',
    );
    // Node has this number, and no way to ask for it.
    const { fd } = (socket as unknown as { readonly _handle: { readonly fd: number } | null })._handle ?? {};
    if (fd === undefined || fd < 0) return;
    const value = Buffer.alloc(4);
    value.writeInt32LE(bytes);
    if (set(fd, SOL_SOCKET, SO_SNDBUFFORCE, value, value.length) !== 0)
      set(fd, SOL_SOCKET, SO_SNDBUF, value, value.length);
  } catch {
    // There is no koffi here.
  }
}
