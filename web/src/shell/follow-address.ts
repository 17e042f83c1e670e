// Keeps the page and its address the same: at the start, when somebody pastes a link, and with every step.

import { FIRST_LAB } from '../lab/built-in-labs.js';
import { goToEnd, goToSeq, goToStep, openLab, restore } from '../state/actions.js';
import { type Address, readAddress, sourceWords, specOf, writeAddress } from '../state/address.js';
import { page, subscribe, update } from '../state/store.js';
import type { LabSource } from '../worker/protocol.js';

/** The lab that stands there when the address names none. */
const FIRST: LabSource = { kind: 'built-in', name: FIRST_LAB };
/** Browsers refuse to change the address too often. */
const PAUSE = 250;

let written = '';
let source: { readonly of: LabSource; readonly words: string } | undefined;
let isDue = false;

/** Shows what the address says, and from then on keeps the address up to date. */
export async function followAddress(): Promise<void> {
  await show();
  window.addEventListener('hashchange', () => {
    if (location.hash.replace(/^#/, '') !== written) void show();
  });
  subscribe(() => {
    if (isDue) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      void write();
    }, PAUSE);
  });
}

async function show(): Promise<void> {
  const address = await readAddress(location.hash);
  const wanted = address.lab ?? FIRST;
  if (!(await openLab(wanted))) {
    // A lab that can not be opened leaves the first one behind its message.
    const { notice, refused } = page();
    if (page().lab === undefined) await openLab(FIRST);
    update({ refused, ...(notice === undefined ? {} : { notice }) });
    return;
  }
  if (address.url !== undefined || address.seed !== undefined)
    update({ seed: address.seed, ...(address.url === undefined ? {} : { url: address.url }) });
  if (address.step !== undefined || address.event !== undefined) await showMoment(address, wanted);
}

async function showMoment(address: Address, lab: LabSource): Promise<void> {
  if (!(await restore(specOf(address, lab)))) return;
  const { run } = page();
  if (run === undefined) return;
  const step = run.steps.findIndex(({ id }) => id === address.step);
  const node = run.world.nodes.findIndex(({ name }) => name === address.node);
  update({
    node,
    ...(address.centre === undefined ? {} : { centre: address.centre }),
    ...(address.side === undefined ? {} : { side: address.side }),
  });
  if (address.event !== undefined) goToSeq(address.event);
  if (step >= 0 && address.event === undefined) goToStep(step);
  if (step >= 0 && address.event !== undefined) update({ step });
  if (step < 0 && address.event === undefined) {
    const known = address.step === 'end';
    if (known) goToEnd();
    else update({ notice: `This run has no step ${address.step}.` });
    if (!known) goToStep(0);
  }
}

async function write(): Promise<void> {
  const { lab } = page();
  if (lab === undefined) return;
  if (source?.of !== lab.source) source = { of: lab.source, words: await sourceWords(lab.source) };
  const hash = writeAddress(page(), source.words);
  if (hash === written && location.hash.replace(/^#/, '') === hash) return;
  written = hash;
  history.replaceState(null, '', `#${hash}`);
}
