// The names of a lab: which nodes and interfaces there are, and what is said about those that are not.

import type { PlacedData } from './placed-data.js';
import { type LabProblem, type Path, suggest } from './problem.js';
import type { EndpointName } from './scalars.js';
import type { LabFile, LabNode } from './schema.js';
import { isTouched, type Shape } from './shape.js';

/** More problems are not looked for: whoever mends so many reads them again anyway. */
const MAX_PROBLEMS = 200;

export class LabNames {
  readonly problems: LabProblem[] = [];
  readonly nodes: ReadonlyMap<string, LabNode>;
  /** Ports by `node:port` that have a cable, and the path of the endpoint that gave it. */
  readonly cabled = new Map<string, Path>();
  readonly shape: Shape;
  readonly source: PlacedData;

  constructor(file: LabFile, shape: Shape, source: PlacedData) {
    this.nodes = file.topology.nodes;
    this.shape = shape;
    this.source = source;
  }

  /** @param mend what would be right; worked out only when it is needed */
  report(path: Path, message: string, mend?: string | (() => string), at: 'value' | 'key' = 'value'): void {
    if (this.problems.length >= MAX_PROBLEMS) return;
    this.problems.push(this.source.problem(path, message, typeof mend === 'function' ? mend() : mend, at));
  }

  /** The line on which a value stands. */
  lineOf(path: Path): number {
    return this.source.valuePlace(path).line;
  }

  /** Was what stands here taken out because it is wrong? Then it was named already. */
  isTouched(path: Path): boolean {
    return isTouched(this.shape, path);
  }

  /** The node, or undefined after saying that there is none. */
  node(name: string, path: Path, at: 'value' | 'key' = 'value'): LabNode | undefined {
    const node = this.nodes.get(name);
    if (node === undefined && !this.isTouched(['topology', 'nodes', name])) {
      this.report(path, `there is no node ${name}`, () => suggest(name, this.nodes.keys()), at);
    }
    return node;
  }

  /**
   * Does the interface exist? Says so when it does not.
   * @param withLinks those of a switch come with its links: false while the links themselves are looked at
   */
  hasInterface({ node: name, port }: EndpointName, path: Path, withLinks: boolean): boolean {
    const node = this.node(name, path);
    if (node === undefined) return false;
    if (node.interfaces?.has(port) === true || this.cabled.has(`${name}:${port}`)) return true;
    if (node.kind === 'switch' && !withLinks) return true;
    if (this.isTouched(['topology', 'nodes', name, 'interfaces'])) return false;
    this.report(path, `${name} has no interface ${port}`, () => suggest(port, this.portsOf(name, node)));
    return false;
  }

  private portsOf(name: string, node: LabNode): Set<string> {
    const ports = new Set(node.interfaces?.keys() ?? []);
    for (const key of this.cabled.keys()) {
      if (key.startsWith(`${name}:`)) ports.add(key.slice(name.length + 1));
    }
    return ports;
  }
}
