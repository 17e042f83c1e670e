// Can this node of the lab be outside of it, by this kind of cable?

import { suggest } from '../../lab/problem.js';
import type { Lab } from '../../lab/read-lab.js';
import { UsageError } from '../usage-error.js';
import type { Attachment } from './attachment.js';
import { isCardName } from './linux.js';

/** What is attached when nobody says: the machine at which the lab's script begins, otherwise the first host. */
export function usualAttachment(lab: Lab): Attachment | undefined {
  const { nodes } = lab.topology;
  const isHost = (name: string): boolean => nodes.get(name)?.kind === 'host';
  const node = lab.script.map((step) => step.node).find(isHost) ?? [...nodes.keys()].find(isHost);
  return node === undefined ? undefined : { node, kind: 'namespace' };
}

/** @throws UsageError when a node can't be attached so, or is attached twice */
export function checkAttachments(attachments: readonly Attachment[], lab: Lab): void {
  const names = attachments.map(({ node }) => node);
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) throw new UsageError(`${twice} is attached twice.`);
  for (const one of attachments) check(one, lab);
}

function check({ node, kind }: Attachment, lab: Lab): void {
  const { nodes } = lab.topology;
  const found = nodes.get(node);
  if (found === undefined)
    throw new UsageError(`There is no node '${node}' in ${lab.name}; ${suggest(node, [...nodes.keys()])}`);
  if (found.kind === 'switch') throw new UsageError(`${node} is a switch: attach a host or a router.`);
  const cards = [...(found.interfaces?.keys() ?? [])];
  if (kind !== 'namespace') {
    if (cards.length === 1) return;
    throw new UsageError(
      `${node} has ${cards.length} interfaces: only a namespace can stand for it (--attach ${node}).`,
    );
  }
  if (found.kind === 'nat-router')
    throw new UsageError(`${node} is a nat-router: a namespace would forward, but not translate.`);
  const odd = cards.find((card) => !isCardName(card));
  if (odd !== undefined) {
    throw new UsageError(
      `${node}:${odd} can't be attached: Linux has no such name for a card (up to 15 characters, no /, not lo).`,
    );
  }
}
