// Where running labs are found: one UNIX socket each, in a folder that only their user can open.

import { lstatSync, mkdirSync, readdirSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UsageError } from '../usage-error.js';

const ENDING = '.sock';
/** A longer name would not fit into the address of a socket. Characters. */
const LONGEST_NAME = 32;

/** A socket of a lab: the lab may have ended without taking it away. */
export interface LabSocket {
  readonly path: string;
  readonly pid: number;
}

/** The folder; made when it is not there. @throws UsageError when it belongs to somebody else */
export function controlFolder(): string {
  const { XDG_RUNTIME_DIR: runtime } = process.env;
  const uid = process.getuid?.() ?? 0;
  const folder =
    runtime === undefined || runtime === ''
      ? path.join(tmpdir(), `wirewalk-${uid}`)
      : path.join(runtime, 'wirewalk');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  // Anybody may make folders where temporary files are.
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0)
    throw new UsageError(`${folder} is open to others, or not yours: running labs can not be found there.`);
  return folder;
}

/** Where the lab of this process is found. */
export function socketPath(lab: string): string {
  const name = lab.replace(/[^\w-]/g, '_').slice(0, LONGEST_NAME);
  return path.join(controlFolder(), `${name}.${process.pid}${ENDING}`);
}

/** The sockets of all labs whose process is there; those of others are taken away. */
export function labSockets(): LabSocket[] {
  const folder = controlFolder();
  const found: LabSocket[] = [];
  for (const file of readdirSync(folder).sort()) {
    const pid = Number(/\.(\d+)\.sock$/.exec(file)?.[1]);
    if (!Number.isSafeInteger(pid)) continue;
    const socket = path.join(folder, file);
    if (isThere(pid)) found.push({ path: socket, pid });
    else unlinkSync(socket);
  }
  return found;
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
