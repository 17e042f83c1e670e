// The network as tables: the same devices, cables and frames that the picture shows.

import { memo, type ReactNode, useState } from 'react';
import { formatDuration } from 'wirewalk';
import { openConsole, selectNode } from '../state/actions.js';
import { type HeldRun, usePage } from '../state/store.js';
import type { Mark } from './moment.js';
import style from './network.module.css';
import type { Scene } from './scene.js';
import { addressesOf, calledNode, counted, endWords, type FrameWords, kindWord, rateWord } from './words.js';

interface NetworkTableProps {
  readonly scene: Scene;
  readonly run: HeldRun | undefined;
  readonly step: number;
  readonly marks: readonly Mark[];
  readonly words: ReadonlyMap<number, FrameWords>;
}

/** Rows that are shown at once; more come on request. */
const PORTION = 200;

export function NetworkTable({ scene, run, step, marks, words }: NetworkTableProps) {
  const { world } = scene;
  const head = run?.steps[step];
  const consoles = usePage((state) => state.lab?.consoles);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a part that scrolls by itself
    // biome-ignore lint/a11y/noNoninteractiveTabindex: so that it can be scrolled by keyboard
    <div className={style.tables} role="region" aria-label="The network as tables" tabIndex={0}>
      <LongTable
        caption={counted(world.nodes.length, 'device')}
        columns={['Device', 'Kind', 'Addresses', 'In this step']}
        length={world.nodes.length}
        row={(index) => (
          <DeviceRow
            key={index}
            scene={scene}
            index={index}
            hasConsole={consoles?.[index] === true}
            says={head?.node === index ? `${head.id} ${head.headline}` : ''}
          />
        )}
      />
      <LongTable
        caption={counted(world.links.length, 'cable')}
        columns={['From', 'To', 'Delay, rate, MTU', 'In this step']}
        length={world.links.length}
        row={(index) => (
          <CableRow key={index} scene={scene} index={index} says={onCable(scene, index, marks, words)} />
        )}
      />
    </div>
  );
}

/** `SYN to the switch; ARP request to the computer, lost` */
function onCable(
  { world }: Scene,
  link: number,
  marks: readonly Mark[],
  words: ReadonlyMap<number, FrameWords>,
): string {
  return marks
    .filter((mark) => mark.link === link)
    .map(({ frame, count, to, state, lost }) => {
      const noun = words.get(frame)?.noun ?? 'frame';
      const what = count > 1 ? `${count} × ${noun}` : noun;
      const how = lost
        ? ', lost'
        : state === 'come'
          ? ', arrived'
          : state === 'under way'
            ? ', under way'
            : '';
      return `${what} to ${calledNode(world, to)}${how}`;
    })
    .join('; ');
}

interface LongTableProps {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly length: number;
  readonly row: (index: number) => ReactNode;
}

function LongTable({ caption, columns, length, row }: LongTableProps) {
  const [shown, show] = useState(PORTION);
  const rest = length - shown;
  return (
    <>
      <table className={style.rows}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{Array.from({ length: Math.min(shown, length) }, (_, index) => row(index))}</tbody>
      </table>
      {rest > 0 ? (
        <button type="button" className={style.button} onClick={() => show(shown + PORTION)}>
          Show {Math.min(rest, PORTION)} more of {rest}
        </button>
      ) : null}
    </>
  );
}

interface DeviceRowProps {
  readonly scene: Scene;
  readonly index: number;
  readonly hasConsole: boolean;
  readonly says: string;
}

const DeviceRow = memo(function DeviceRow({ scene, index, hasConsole, says }: DeviceRowProps) {
  const node = scene.nodes[index];
  if (node === undefined) return null;
  return (
    <tr aria-current={says === '' ? undefined : 'step'}>
      <th scope="row">
        <button
          type="button"
          className={style.named}
          onClick={() => selectNode(index)}
          title="Open its tables"
        >
          {node.name}
        </button>
        {node.called === node.name ? null : <span className={style.called}>{node.called}</span>}
      </th>
      <td>
        {kindWord(node.kind)}
        {hasConsole ? (
          <button
            type="button"
            className={`${style.button} ${style.inRow}`}
            onClick={() => openConsole(index)}
          >
            Console<span className="unseen"> of {node.name}</span>
          </button>
        ) : null}
      </td>
      <td className={style.plain}>
        {addressesOf(scene.world, index).map((address) => (
          <span key={address} className={style.called}>
            {address}
          </span>
        ))}
      </td>
      <td>{says}</td>
    </tr>
  );
});

interface CableRowProps {
  readonly scene: Scene;
  readonly index: number;
  readonly says: string;
}

const CableRow = memo(function CableRow({ scene, index, says }: CableRowProps) {
  const link = scene.world.links[index];
  if (link === undefined) return null;
  const { ends, delay, rate, mtu } = link;
  return (
    <tr aria-current={says === '' ? undefined : 'step'}>
      <th scope="row" className={style.plain}>
        {endWords(scene.world, ends[0])}
      </th>
      <td className={style.plain}>{endWords(scene.world, ends[1])}</td>
      <td>
        {formatDuration(delay)}, {rateWord(rate)}, {mtu} bytes
      </td>
      <td>{says}</td>
    </tr>
  );
});
