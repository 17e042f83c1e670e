// Keeps the page and its address the same: at the start, when somebody pastes a link, and with every step.

import { FIRST_LAB } from '../lab/built-in-labs.js';
import { goToSeq, goToStep, openLab, restore } from '../state/actions.js';
import { type Address, readAddress, sourceWords, specOf, writeAddress } from '../state/address.js';
import { page, subscribe, update } from '../state/store.js';
import type { LabSource } from '../worker/protocol.js';

/** The lab that stands there when the address names none. */
const FIRST: LabSource = { kind: 'built-in', name: FIRST_LAB };
/** Browsers refuse to change the address too often. */
const PAUSE = 250;

/** What stood behind the # when it was last read or written. */
let known = '';
let source: { readonly of: LabSource; readonly words: string } | undefined;
let isDue = false;
/** An address is being shown … */
let isShowing = false;
/** … and another one is wanted already. */
let isNext = false;

/** Shows what the address says, and from then on keeps the address up to date. */
export async function followAddress(): Promise<void> {
  window.addEventListener('hashchange', () => {
    if (location.hash !== known) void showLatest();
  });
  subscribe(writeSoon);
  await showLatest();
}

/** One after the other, so that they do not mix; of those that come meanwhile only the last one counts. */
async function showLatest(): Promise<void> {
  isNext = true;
  if (isShowing) return;
  isShowing = true;
  while (isNext) {
    isNext = false;
    known = location.hash;
    await show(await readAddress(known));
  }
  isShowing = false;
  writeSoon();
}

async function show(address: Address): Promise<void> {
  const wanted = address.lab ?? FIRST;
  const isOpen = await openLab(wanted);
  if (!isOpen) {
    // A file with mistakes shows them; of a lab that is not there the first one stands behind the message.
    const { notice, lab } = page();
    if (notice === undefined || lab !== undefined) return;
    await openLab(FIRST);
    update({ notice });
    return;
  }
  if (address.problem !== undefined) {
    update({ notice: address.problem });
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
  const { centre, side, event, filter } = address;
  const step =
    address.step === 'end' ? run.steps.length - 1 : run.steps.findIndex(({ id }) => id === address.step);
  if (event !== undefined) goToSeq(event);
  else goToStep(step);
  if (step < 0 && event === undefined) update({ notice: `This run has no step ${address.step}.` });
  update({
    node: run.world.nodes.findIndex(({ name }) => name === address.node),
    allNodes: address.allNodes,
    ...(step < 0 ? {} : { step, frame: run.frameOfStep[step] ?? -1 }),
    ...(address.frame !== undefined && run.frames.seq[address.frame] !== undefined
      ? { frame: address.frame }
      : {}),
    ...(centre === undefined ? {} : { centre }),
    ...(side === undefined ? {} : { side }),
    ...(filter === undefined ? {} : { filter }),
  });
}

function writeSoon(): void {
  if (isDue) return;
  isDue = true;
  setTimeout(() => {
    isDue = false;
    void write();
  }, PAUSE);
}

async function write(): Promise<void> {
  const { lab } = page();
  if (lab === undefined || isShowing) return;
  if (source?.of !== lab.source) source = { of: lab.source, words: await sourceWords(lab.source) };
  // Somebody has just pasted another address: it is about to be shown.
  if (location.hash !== known) return;
  const hash = `#${writeAddress(page(), source.words)}`;
  if (hash === known) return;
  history.replaceState(null, '', hash);
  known = location.hash;
}
