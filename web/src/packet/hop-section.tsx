// The same packet on every link it crosses: what each box in between changed, and how the checksums follow.

import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { formatDuration, type PacketHop, type WorldDescription } from 'wirewalk';
import { goToFrame } from '../state/actions.js';
import { HopCard } from './hop-card.js';
import { changedFields, hasBranches, placeName, wayOf } from './hop-model.js';
import style from './hops.module.css';
import pane from './packet-pane.module.css';
import { ScrollArea } from './scroll-area.js';
import { useWidth } from './use-width.js';

interface HopSectionProps {
  readonly world: WorldDescription;
  readonly hops: readonly PacketHop[];
  /** Place in the columns of the frame that is looked at. */
  readonly frame: number;
}

/** More would be drawn before anybody looks. */
const SHOWN = 24;
/** From this width in rem the hops stand side by side. */
const WIDE = 34;

export function HopSection({ world, hops, frame }: HopSectionProps) {
  const id = useId();
  const [width, isWide] = useWidth((rem) => rem >= WIDE, false);
  const [everyCopy, setEveryCopy] = useState<boolean>();
  const [whole, setWhole] = useState(false);
  const current = hops.findIndex(({ index }) => index === frame);
  const branches = useMemo(() => hasBranches(hops), [hops]);
  const way = useMemo(() => wayOf(hops, current), [hops, current]);
  const isEvery = !branches || (everyCopy ?? hops.length <= SHOWN / 2);
  const all = isEvery ? hops.map((_, place) => place) : way;
  const places = whole ? all : windowOf(all, all.indexOf(current));
  return (
    <section className={pane.section} aria-labelledby={`${id}title`} ref={width}>
      <h3 id={`${id}title`}>The same packet on every link</h3>
      <p className={pane.soft}>{sentence(hops)}</p>
      {branches ? (
        <fieldset className={style.choice}>
          <legend className="unseen">Which copies are shown</legend>
          {([true, false] as const).map((every) => (
            <label key={String(every)}>
              <input
                type="radio"
                name={`${id}copies`}
                checked={isEvery === every}
                onChange={() => setEveryCopy(every)}
              />
              {every ? `every copy (${hops.length})` : `the way of this frame (${way.length})`}
            </label>
          ))}
        </fieldset>
      ) : null}
      {isWide && places.length > 1 ? (
        <HopTable world={world} hops={hops} places={places} current={current} />
      ) : null}
      <ol className={style.cards}>
        {places.map((place) => (
          <HopCard
            key={place}
            world={world}
            hops={hops}
            place={place}
            isCurrent={place === current}
            isBrief={isWide && places.length > 1}
          />
        ))}
      </ol>
      {places.length < all.length ? (
        <button type="button" className={pane.button} onClick={() => setWhole(true)}>
          Show all {all.length} links
        </button>
      ) : null}
    </section>
  );
}

/** As many as are shown at first, around the one that is looked at. */
function windowOf(places: readonly number[], at: number): readonly number[] {
  if (places.length <= SHOWN) return places;
  const from = Math.max(0, Math.min(at - SHOWN / 2, places.length - SHOWN));
  return places.slice(from, from + SHOWN);
}

function sentence(hops: readonly PacketHop[]): string {
  const changes = hops.filter(({ changed }) => changed.length > 0).length;
  const lost = hops.filter((hop) => hop.lost !== undefined).length;
  if (hops.length === 1) return `It crosses one link only${lost === 1 ? ', and is lost there' : ''}.`;
  const times =
    changes === 0
      ? 'nobody changes a byte of it'
      : `it is changed ${changes === 1 ? 'once' : `${changes} times`}`;
  return `It crosses ${hops.length} links; ${times}${lost === 0 ? '' : `; ${lost} of its frames ${lost === 1 ? 'is' : 'are'} lost`}.`;
}

interface HopTableProps {
  readonly world: WorldDescription;
  readonly hops: readonly PacketHop[];
  readonly places: readonly number[];
  readonly current: number;
}

function HopTable({ world, hops, places, current }: HopTableProps) {
  const shown = useMemo(() => places.map((place) => hops[place] as PacketHop), [hops, places]);
  const fields = useMemo(() => changedFields(shown), [shown]);
  const scroller = useRef<HTMLElement>(null);
  const column = places.indexOf(current);
  useEffect(() => {
    const area = scroller.current;
    const head = area?.querySelector<HTMLElement>(`thead th:nth-child(${column + 2})`);
    // Only the table moves: the pane stays where somebody reads.
    if (area != null && head != null)
      area.scrollLeft = head.offsetLeft - (area.clientWidth - head.offsetWidth) / 2;
  }, [column]);
  return (
    <ScrollArea ref={scroller} className={style.scroller} name="Links side by side">
      <table className={style.side}>
        <caption className="unseen">The fields that change on the way, on each link</caption>
        <thead>
          <tr>
            <th scope="col">Link</th>
            {shown.map((hop, at) => (
              <th key={hop.index} scope="col" data-current={places[at] === current || undefined}>
                <button
                  type="button"
                  className={style.link}
                  aria-current={places[at] === current || undefined}
                  onClick={() => goToFrame(hop.index)}
                >
                  {placeName(world, hop.from)} → {placeName(world, hop.to)}
                </button>
                <span className={style.when}>
                  frame {hop.index + 1}, {formatDuration(hop.time)}
                </span>
                {hop.lost === undefined ? null : <span className={style.lost}>✖ lost</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {fields.map(({ name, label, values }) => (
            <tr key={name}>
              <th scope="row" title={name}>
                {label}
                <code>{name}</code>
              </th>
              {values.map(({ text, changed }, at) => (
                <td
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns stand where they stand
                  key={at}
                  data-changed={changed || undefined}
                  data-current={places[at] === current || undefined}
                >
                  {changed ? <mark>{text === '' ? 'gone' : text}</mark> : text === '' ? '–' : text}
                  {changed ? <span className="unseen"> (changed)</span> : null}
                </td>
              ))}
            </tr>
          ))}
          {fields.length === 0 ? (
            <tr>
              <th scope="row">Fields</th>
              <td colSpan={shown.length}>all the same on every link</td>
            </tr>
          ) : null}
        </tbody>
      </table>
    </ScrollArea>
  );
}
