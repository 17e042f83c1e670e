// One link that the packet crosses: what changed before it, byte by byte, and the arithmetic of the checksums.

import { DROP_REASONS, formatDuration, type PacketHop, type WorldDescription } from 'wirewalk';
import { goToFrame } from '../state/actions.js';
import { ChecksumDetails } from './checksum-details.js';
import { HopBytes } from './hop-bytes.js';
import { bytesText, changedBytes, placeName } from './hop-model.js';
import style from './hops.module.css';
import { visibleText } from './long-text.js';

interface HopCardProps {
  readonly world: WorldDescription;
  readonly hops: readonly PacketHop[];
  readonly place: number;
  readonly isCurrent: boolean;
  /** The fields stand in a table above. */
  readonly isBrief: boolean;
}

export function HopCard({ world, hops, place, isCurrent, isBrief }: HopCardProps) {
  const hop = hops[place] as PacketHop;
  const before = hops[hop.before];
  const changed = changedBytes(hop);
  return (
    <li className={style.card} aria-current={isCurrent || undefined}>
      <div className={style.cardHead}>
        <h4>
          {placeName(world, hop.from)} → {placeName(world, hop.to)}
        </h4>
        {isCurrent ? (
          <span className={style.here}>this frame</span>
        ) : (
          <button type="button" className={style.go} onClick={() => goToFrame(hop.index)}>
            frame {hop.index + 1}
          </button>
        )}
        <span className={style.when}>{formatDuration(hop.time)}</span>
      </div>
      <p className={style.made}>{madeFrom(hop, hops, place, changed)}</p>
      {hop.lost === undefined ? null : <LostText reason={hop.lost} />}
      {hop.damaged.length === 0 ? null : (
        <p className={style.lostText}>
          <b>✖ Damaged on the cable:</b> {rangesText(hop.damaged)} arrived otherwise than{' '}
          {hop.damaged.length === 1 && changedBytes({ changed: hop.damaged }) === 1 ? 'it was' : 'they were'}{' '}
          sent.
        </p>
      )}
      {hop.fields.length === 0 || isBrief ? null : (
        <dl className={style.fields}>
          {hop.fields.map((field, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a field can be there twice
            <div key={at}>
              <dt title={field.name}>{field.label}</dt>
              <dd>
                <span className={style.was}>{field.before === '' ? 'not there' : short(field.before)}</span>
                <span aria-hidden="true"> → </span>
                <span className="unseen"> becomes </span>
                <mark>{short(field.after)}</mark>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {before === undefined || changed === 0 ? null : (
        <HopBytes before={before.bytes} after={hop.bytes} changed={hop.changed} />
      )}
      {hop.checksums.map((work) => (
        <ChecksumDetails key={work.field} work={work} />
      ))}
    </li>
  );
}

function madeFrom(hop: PacketHop, hops: readonly PacketHop[], place: number, changed: number): string {
  const before = hops[hop.before];
  if (before === undefined) return place === 0 ? 'Here the packet begins.' : 'Sent anew.';
  const from = hop.before === place - 1 ? '' : `A copy of frame ${before.index + 1}. `;
  const shorter = before.bytes.length - hop.bytes.length;
  const length =
    shorter === 0 ? '' : `, and it is ${bytesText(Math.abs(shorter))} ${shorter > 0 ? 'shorter' : 'longer'}`;
  if (changed === 0) return `${from}Not a byte changed${length}.`;
  return `${from}${bytesText(changed)} of ${hop.bytes.length} changed${length}.`;
}

function LostText({ reason }: { readonly reason: NonNullable<PacketHop['lost']> }) {
  const text = DROP_REASONS[reason];
  return (
    <p className={style.lostText}>
      <b>✖ Lost here:</b> {text.sentence} {text.mend} ({text.rfc})
    </p>
  );
}

function rangesText(ranges: readonly { readonly start: number; readonly end: number }[]): string {
  const texts = ranges
    .slice(0, 8)
    .map(({ start, end }) => (end - start === 1 ? `byte ${start}` : `bytes ${start} to ${end - 1}`));
  return texts.join(', ') + (ranges.length > 8 ? ' and more' : '');
}

function short(text: string): string {
  return visibleText(text.length > 120 ? `${text.slice(0, 120)}…` : text);
}
