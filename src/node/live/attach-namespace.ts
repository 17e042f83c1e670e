// A node becomes a network namespace with a TAP for each of its interfaces.

import type { LabNode } from '../../lab/schema.js';
import type { Device } from '../../net/world.js';
import { UsageError } from '../usage-error.js';
import type { FramePort } from './frame-port.js';
import { loadLinux } from './linux.js';
import { configureNamespace, makeNamespace, namespaceName, removeNamespace } from './namespace.js';
import { TapPort } from './tap.js';

export interface AttachedNamespace {
  readonly name: string;
  readonly ports: ReadonlyMap<string, FramePort>;
}

/** Namespaces of this program that are still there. */
const made = new Set<string>();

/**
 * Makes the namespace of a node; it is removed when this program ends, however it ends but by SIGKILL.
 * @throws UsageError when the system refuses
 */
export async function attachNamespace(
  name: string,
  node: LabNode,
  device: Device,
): Promise<AttachedNamespace> {
  const linux = await loadLinux();
  const namespace = namespaceName(name);
  if (made.size === 0) process.once('exit', removeMade);
  made.add(namespace);
  const ports = new Map<string, FramePort>();
  try {
    makeNamespace(linux, namespace, node, node.label ?? name);
    for (const card of device.ports) ports.set(card.name, new TapPort(linux, namespace, card.name));
    configureNamespace(namespace, node, device);
  } catch (error) {
    for (const port of ports.values()) await port.close();
    throw new UsageError(`${name} can't become a network namespace: ${reasonOf(error)}`);
  }
  return { name: namespace, ports };
}

/** What a program said on stderr, otherwise the message. */
function reasonOf(error: unknown): string {
  const { stderr, message } = error as { readonly stderr?: Buffer; readonly message?: string };
  const said = stderr?.toString('utf8').trim() ?? '';
  return said === '' ? (message ?? String(error)) : said;
}

/** Removes the namespaces of this program. */
export function removeMade(): void {
  for (const name of made) removeNamespace(name);
  made.clear();
}
