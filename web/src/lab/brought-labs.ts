// Labs that somebody opened from files while the page stands open: the picker leads back to them.

import type { LabSource, OpenedLab } from '../worker/protocol.js';

export interface BroughtLab {
  readonly source: LabSource;
  readonly file: string;
  readonly title: string;
}

const KEPT = 8;
let brought: readonly BroughtLab[] = [];

/** All of them, the open one included; a file that was opened again takes the place of its older self. */
export function withBrought(lab: OpenedLab | undefined): readonly BroughtLab[] {
  if (lab === undefined || lab.source.kind === 'built-in') return brought;
  const { source, file, title } = lab;
  if (!brought.some((one) => one.source === source)) keep({ source, file, title });
  return brought;
}

/** A file that somebody leaves with its mistakes, as far as it is mended. */
export function keepUnfinished(file: string, text: string): void {
  keep({ source: { kind: 'text', file, text }, file, title: 'Not finished: it has mistakes' });
}

function keep(lab: BroughtLab): void {
  brought = [lab, ...brought.filter(({ file }) => file !== lab.file)].slice(0, KEPT);
}
