// How an interface is called in lists and files: node and port.

import type { WorldDescription } from '../trace/events.js';

/** `node:port`, the name of an interface in captures and on the command line. */
export function interfaceName(world: WorldDescription, id: number): string {
  const { node, name } = world.interfaces[id];
  return `${world.nodes[node].name}:${name}`;
}
