// The interfaces of a device: what it was built with.

import { memo } from 'react';
import type { WorldDescription } from 'wirewalk';
import { RowValue } from '../parts/row-text.js';
import style from './table-view.module.css';

/** By world: the interface at the other end of each interface's cable. */
const others = new WeakMap<WorldDescription, Int32Array>();

function otherEnds(world: WorldDescription): Int32Array {
  let ends = others.get(world);
  if (ends === undefined) {
    ends = new Int32Array(world.interfaces.length).fill(-1);
    for (const { ends: pair } of world.links) {
      ends[pair[0]] = pair[1];
      ends[pair[1]] = pair[0];
    }
    others.set(world, ends);
  }
  return ends;
}

/** More would be a big switch; the network shows where its cables go. */
const SHOWN = 64;

export interface InterfaceTableProps {
  readonly world: WorldDescription;
  readonly node: number;
}

export const InterfaceTable = memo(function InterfaceTable({ world, node }: InterfaceTableProps) {
  const described = world.nodes[node];
  if (described === undefined || described.interfaces.length === 0) return null;
  const ends = otherEnds(world);
  const shown = described.interfaces.slice(0, SHOWN);
  const addressed = shown.some((port) => world.interfaces[port]?.address !== undefined);
  const label = `Interfaces of ${described.name}`;
  return (
    <div className={style.section}>
      <h3 className={style.title}>
        Interfaces
        <span className={style.count}>as the lab has them</span>
      </h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and nothing in it takes the focus */}
      <section className={style.scroll} aria-label={label} tabIndex={0}>
        <table className={style.table}>
          <caption className="unseen">{label}</caption>
          <thead>
            <tr>
              <th scope="col">name</th>
              <th scope="col">mac</th>
              {addressed ? <th scope="col">address</th> : null}
              <th scope="col">cable to</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((port) => {
              const own = world.interfaces[port];
              const other = world.interfaces[ends[port] ?? -1];
              if (own === undefined) return null;
              const far =
                other === undefined ? undefined : `${world.nodes[other.node]?.name ?? ''}:${other.name}`;
              return (
                <tr key={port} className={style.row}>
                  <td>
                    <RowValue value={own.name} />
                  </td>
                  <td>
                    <RowValue value={own.mac} />
                  </td>
                  {addressed ? (
                    <td>
                      <RowValue value={own.address} />
                    </td>
                  ) : null}
                  <td>
                    <RowValue value={far} />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      {described.interfaces.length > SHOWN ? (
        <p className={style.empty}>… and {described.interfaces.length - SHOWN} more.</p>
      ) : null}
    </div>
  );
});
