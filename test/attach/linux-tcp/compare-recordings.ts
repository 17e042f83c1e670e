// What two hosts did differently in the same play, act by act.

import type { Moment, Recording } from './recording.js';

/** Lines that a difference shows of one side at most. */
const SHOWN = 6;

/** Lines of text, none when they did the same. */
export function compareRecordings(ours: Recording, linux: Recording): string[] {
  return ours.moments.flatMap((moment, index) => {
    const other = linux.moments[index];
    return other === undefined ? [] : compareMoments(moment, other);
  });
}

function compareMoments(ours: Moment, linux: Moment): string[] {
  const lines = [...compareSegments(ours, linux), ...compareLists(ours.notes, linux.notes)];
  return lines.length === 0 ? [] : [`  ${ours.text.replace(/\s+/g, ' ')}`, ...lines];
}

/** When an acknowledgment that may wait is sent alone is a host's own choice: where only that differs nothing does. */
function compareSegments(ours: Moment, linux: Moment): string[] {
  const most = ours.compared;
  const prompt = ({ segments, delayed }: Moment): string[] => segments.filter((_, at) => !delayed.has(at));
  const lines = compareLists(ours.segments.slice(0, most), linux.segments.slice(0, most));
  const isDelay = most === undefined && compareLists(prompt(ours), prompt(linux)).length === 0;
  return isDelay ? [] : lines;
}

function compareLists(ours: readonly string[], linux: readonly string[]): string[] {
  const first = ours.findIndex((line, index) => line !== linux[index]);
  const from = first < 0 ? ours.length : first;
  if (first < 0 && ours.length === linux.length) return [];
  return [...side('ours', ours.slice(from)), ...side('linux', linux.slice(from))];
}

function side(name: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [`    ${name}: nothing`];
  const shown = lines.slice(0, SHOWN).map((line) => `    ${name}: ${line}`);
  return lines.length > SHOWN ? [...shown, `    ${name}: … and more`] : shown;
}
