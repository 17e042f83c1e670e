// The arithmetic of an Internet checksum, word by word, so that one can do it again by hand.
// Reading list: RFC 1071 §1, RFC 1624 §3.

import { useState } from 'react';
import type { ChecksumWork } from 'wirewalk';
import style from './checksum-details.module.css';
import { hex } from './field-filter.js';
import { bytesText } from './hop-model.js';
import { ScrollArea } from './scroll-area.js';

type Word = ChecksumWork['words'][number];

const NAMES: Readonly<Record<ChecksumWork['protocol'], string>> = {
  ip: 'IPv4 header checksum',
  icmp: 'ICMP checksum',
  udp: 'UDP checksum',
  tcp: 'TCP checksum',
};

export function ChecksumDetails({ work }: { readonly work: ChecksumWork }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className={style.details} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        {NAMES[work.protocol]}: <Verdict work={work} />
      </summary>
      {isOpen ? (
        work.kind === 'none' ? (
          <p className={style.text}>
            The sender left it 0, which says that nobody made a sum; over IPv4 that is allowed ({work.rfc}).
          </p>
        ) : work.kind === 'full' ? (
          <FullWork work={work} />
        ) : (
          <ShortWork work={work} />
        )
      ) : null}
    </details>
  );
}

function Verdict({ work }: { readonly work: ChecksumWork }) {
  const { kind, previous, stored, ok } = work;
  if (kind === 'none') return <>none was made</>;
  const was = previous === undefined ? '' : `${word(previous)} → `;
  return (
    <span className={ok ? style.good : style.bad}>
      <code>
        {was}
        {word(stored)}
      </code>{' '}
      {ok ? '✓ right' : '✗ wrong'}
    </span>
  );
}

function FullWork({ work }: { readonly work: ChecksumWork }) {
  const sums = sumsOf(work.words.map(({ after }) => after));
  return (
    <>
      <p className={style.text}>
        Add all 16-bit words, the checksum itself counting as 0; add what is carried beyond 16 bits back in;
        flip every bit ({work.rfc}).
        {work.words.some(({ pseudo }) => pseudo)
          ? ' The pseudo-header is summed too, so that a packet that went astray is noticed.'
          : ''}
      </p>
      <ScrollArea className={style.scroller} name="Words of the sum">
        <table className={style.words}>
          <caption className="unseen">{NAMES[work.protocol]}: all words that are summed</caption>
          <thead>
            <tr>
              <th scope="col">Fields</th>
              <th scope="col">Byte</th>
              <th scope="col">Word</th>
              <th scope="col">Sum so far</th>
            </tr>
          </thead>
          <tbody>
            {work.words.map((one, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: words stand where they stand
              <tr key={index} data-pseudo={one.pseudo || undefined}>
                <th scope="row">
                  <Fields word={one} own={work.field} />
                </th>
                <td>{one.at < 0 ? '–' : one.at}</td>
                <td>{word(one.after)}</td>
                <td>{word(sums[index] ?? 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollArea>
      <Ending work={work} />
    </>
  );
}

function ShortWork({ work }: { readonly work: ChecksumWork }) {
  const { previous = 0, words } = work;
  const sums = sumsOf([
    flipped(previous),
    ...words.flatMap(({ before = 0, after }) => [flipped(before) + after]),
  ]);
  return (
    <>
      <p className={style.text}>
        Only a few words changed, so nobody sums everything again: HC' = ~(~HC + ~m + m'), where HC is the
        checksum before, m a word before and m' the same word now ({work.rfc}).
      </p>
      <ScrollArea className={style.scroller} name="Words that changed">
        <table className={style.words}>
          <caption className="unseen">{NAMES[work.protocol]}: the words that changed</caption>
          <thead>
            <tr>
              <th scope="col">Fields</th>
              <th scope="col">m</th>
              <th scope="col">~m</th>
              <th scope="col">m'</th>
              <th scope="col">Sum so far</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">checksum before (HC, ~HC)</th>
              <td>{word(previous)}</td>
              <td>{word(flipped(previous))}</td>
              <td>–</td>
              <td>{word(sums[0] ?? 0)}</td>
            </tr>
            {words.map((one, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: words stand where they stand
              <tr key={index} data-pseudo={one.pseudo || undefined}>
                <th scope="row">
                  <Fields word={one} own={work.field} />
                </th>
                <td>{word(one.before ?? 0)}</td>
                <td>{word(flipped(one.before ?? 0))}</td>
                <td>{word(one.after)}</td>
                <td>{word(sums[index + 1] ?? 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollArea>
      <Ending work={work} />
    </>
  );
}

/** Carries, complement, and what stands in the frame. */
function Ending({ work }: { readonly work: ChecksumWork }) {
  const { sum, folded, result, stored, ok, protocol } = work;
  return (
    <dl className={style.ending}>
      <dt>Carries added back in</dt>
      <dd>{foldings(sum).join(', then ') || `none: ${word(sum)} has 16 bits`}</dd>
      <dt>Every bit flipped</dt>
      <dd>
        ~{word(folded)} = {word(flipped(folded))}
        {result === flipped(folded)
          ? ''
          : `, sent as ${word(result)}: ${protocol === 'udp' ? '0 would mean none' : ''}`}
      </dd>
      <dt>In the frame</dt>
      <dd className={ok ? style.good : style.bad}>
        {word(stored)} {ok ? '✓ the same' : `✗ it should be ${word(result)}`}
      </dd>
    </dl>
  );
}

function Fields({ word: { fields, length, pseudo }, own }: { readonly word: Word; readonly own: string }) {
  if (length > 2)
    return (
      <>
        payload ({fields}), {bytesText(length)} summed
      </>
    );
  return (
    <>
      {fields}
      {fields.split(', ').includes(own) ? ' (counts as 0)' : ''}
      {pseudo ? <span className={style.pseudo}> pseudo-header</span> : null}
    </>
  );
}

function sumsOf(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value) => {
    sum += value;
    return sum;
  });
}

/** `0x2dc8b: 0x2 + 0xdc8b = 0xdc8d`, as often as it takes. */
function foldings(sum: number): string[] {
  const steps: string[] = [];
  for (let at = sum; at > 0xffff; ) {
    const [high, low] = [Math.floor(at / 0x10000), at % 0x10000];
    steps.push(`0x${high.toString(16)} + ${word(low)} = ${word(high + low)}`);
    at = high + low;
  }
  return steps;
}

function flipped(value: number): number {
  return ~value & 0xffff;
}

function word(value: number): string {
  return `0x${hex(value, 4)}`;
}
