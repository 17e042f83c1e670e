// How what happens in a lab fits its topology: pins, script, faults and checks name nodes, interfaces and links.

import type { LabNames } from './names.js';
import { suggest } from './problem.js';
import type { EndpointName } from './scalars.js';
import type { LabFile } from './schema.js';

export function checkActions(file: LabFile, names: LabNames): void {
  checkPins(file, names);
  checkScript(file, names);
  checkFaults(file, names);
  checkChecks(file, names);
}

function checkPins(file: LabFile, names: LabNames): void {
  for (const [name] of file.pins ?? []) {
    if (names.node(name, ['pins', name], 'key')?.kind !== 'switch') continue;
    names.report(['pins', name], 'a switch draws nothing at random', 'pin values of a host or router', 'key');
  }
}

function checkScript(file: LabFile, names: LabNames): void {
  let last = 0;
  file.script.forEach((step, index) => {
    const path = names.shape.pathOf('script', index);
    const node = names.node(step.node, [...path, 'node']);
    if (node?.kind === 'switch' && 'browse' in step) {
      names.report([...path, 'node'], `${step.node} is a switch and opens no pages`, 'name a host');
    }
    if (step.at === undefined) return;
    if (step.at < last) {
      const mend = 'put the steps in the order of their times';
      names.report([...path, 'at'], 'the step before this one comes later', mend);
    }
    last = step.at;
  });
}

function checkFaults(file: LabFile, names: LabNames): void {
  if (file.faults.length === 0) return;
  const links = new Map(
    file.topology.links.flatMap(({ endpoints: [a, b] }) => [
      [linkName(a, b), true],
      [linkName(b, a), false],
    ]),
  );
  // A link that was taken out because it is wrong may be the one that is meant.
  const areAllThere = ![...names.shape.removed].some((gone) =>
    /^topology\.links(\[\d+\](\.endpoints.*)?)?$/.test(gone),
  );
  file.faults.forEach((fault, index) => {
    const path = names.shape.pathOf('faults', index);
    const [a, b] = fault.link;
    if (areAllThere && !links.has(linkName(a, b))) {
      const message = `no link connects ${nameOf(a)} and ${nameOf(b)}`;
      const known = () => [...links].flatMap(([name, isForth]) => (isForth ? [name] : []));
      names.report([...path, 'link'], message, () => suggest(linkName(a, b), known()));
    }
    if ('until' in fault && fault.until !== undefined && fault.until <= (fault.after ?? 0)) {
      const mend = 'write a later time, or leave it out';
      names.report([...path, 'until'], 'the fault is over before it begins', mend);
    }
    if ('from' in fault && fault.from !== undefined && fault.from !== a.node && fault.from !== b.node) {
      const mend = `write ${a.node} or ${b.node}`;
      names.report([...path, 'from'], `${fault.from} is at neither end of this link`, mend);
    }
  });
}

function checkChecks(file: LabFile, names: LabNames): void {
  file.checks.forEach((check, index) => {
    const path = names.shape.pathOf('checks', index);
    if ('packets' in check) {
      if (check.at !== undefined) names.hasInterface(check.at, [...path, 'at'], true);
    } else if ('node' in check && check.node !== undefined) names.node(check.node, [...path, 'node']);
  });
}

function nameOf({ node, port }: EndpointName): string {
  return `${node}:${port}`;
}

function linkName(a: EndpointName, b: EndpointName): string {
  return `${nameOf(a)} – ${nameOf(b)}`;
}
