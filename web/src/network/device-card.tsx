// One device of the picture: a card with icon, name and label, which is a button.

import { Fragment, memo } from 'react';
import { deviceIcon, type StepLayer } from 'wirewalk';
import type { CardDetail } from './detail.js';
import { fitLines, fitText, pageFont, textWidth } from './fit-text.js';
import style from './network.module.css';
import type { SceneNode } from './scene.js';

const CORNER = 12;
const PADDING = 8;
const NAME_WEIGHT = 600;
const SMALLEST = 0.7;

const GAP = 5;
const LINE = 1.15;

interface DeviceCardProps {
  readonly node: SceneNode;
  readonly detail: CardDetail;
  readonly width: number;
  readonly height: number;
  /** Of the step that happens here. */
  readonly layer: StepLayer | undefined;
  readonly isChosen: boolean;
  /** Reached by the Tab key: one of them is. */
  readonly isStop: boolean;
}

export const DeviceCard = memo(function DeviceCard(props: DeviceCardProps) {
  const { node, detail, width, height, layer, isChosen, isStop } = props;
  const { icon, name: full, label, lines: most } = detail;
  const room = width - 2 * PADDING;
  const wide = textWidth(node.name, pageFont(full, NAME_WEIGHT));
  // A long name is written smaller before it is cut.
  const name = wide <= room ? full : Math.max(full * SMALLEST, (full * room) / wide);
  const title = fitText(node.name, pageFont(name, NAME_WEIGHT), room);
  const lines = node.called === node.name ? [] : fitLines(node.called, pageFont(label), room, most);
  const content = icon + GAP + name + lines.length * label * LINE;
  const top = -content / 2;
  const base = top + icon + GAP + name * 0.86;
  const under = lines.map((line, index) => ({ line, y: base + (index + 1) * label * LINE }));
  return (
    // biome-ignore lint/a11y/useSemanticElements: there are no HTML buttons in a drawing
    <g
      role="button"
      tabIndex={isStop ? 0 : -1}
      className={style.device}
      data-node={node.index}
      data-layer={layer}
      data-chosen={isChosen || undefined}
      aria-label={`${title === node.name ? '' : `${title}: `}${node.words}; open its tables`}
      aria-current={layer === undefined ? undefined : 'step'}
      transform={`translate(${node.x} ${node.y})`}
    >
      <title>{node.words}</title>
      <rect
        className={style.focus}
        x={-width / 2 - 5}
        y={-height / 2 - 5}
        width={width + 10}
        height={height + 10}
        rx={CORNER + 5}
      />
      <rect className={style.card} x={-width / 2} y={-height / 2} width={width} height={height} rx={CORNER} />
      <g className={style.icon} transform={`translate(${-icon / 2} ${top}) scale(${icon / 24})`}>
        {deviceIcon(node.kind).map((path) => (
          <path key={path} d={path} />
        ))}
      </g>
      <text className={style.name} y={base} fontSize={name}>
        {title}
      </text>
      {under.map(({ line, y }) => (
        <Fragment key={y}>
          {/* So that it is not read as one word with the line above. */ ' '}
          <text className={style.label} y={y} fontSize={label}>
            {line}
          </text>
        </Fragment>
      ))}
    </g>
  );
});
