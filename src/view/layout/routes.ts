// The way of each cable: straight out of its node, to the other line in the channel, straight into the other node.

import { TRUNK } from './block.js';
import type { Measures, Room } from './cable-graph.js';
import type { Frame } from './frame.js';
import { portLines } from './ports.js';
import { leafEnd, type Wire } from './wires.js';

/** From cable to cable of two between the same nodes, and how high a loop is, in px. */
const BESIDE = 18;
/** Of the distance between two loops, the width of one. */
const LOOP_WIDTH = 0.6;

/** The centre of each node of a part. */
export function centersOf(frame: Frame, { node }: Measures): Map<number, Room> {
  const centers = new Map<number, Room>();
  for (const [unit, row] of frame.rows) {
    const start = frame.starts.get(unit) as number;
    const block = frame.blocks.get(unit);
    unit.nodes.forEach((member, index) => {
      const leaf = block?.leaves[index] ?? { along: node.along / 2, across: 0 };
      centers.set(member, { along: start + leaf.along, across: row + leaf.across });
    });
  }
  return centers;
}

/** The points of each wire, from its first end to its second one. */
export function routesOf(
  frame: Frame,
  wires: readonly Wire[],
  centers: ReadonlyMap<number, Room>,
  measures: Measures,
): Map<Wire, Room[]> {
  const lines = portLines(wires, frame.rows, measures);
  const shifts = shiftsOf(wires, measures.node);
  return new Map(
    wires.map((wire) => {
      const [a, b] = wire.nodes.map((node) => centers.get(node) as Room);
      const route = ROUTES[wire.way]({
        frame,
        wire,
        a,
        b,
        node: measures.node,
        lines: lines.get(wire) as Lines,
        aside: shifts.get(wire) as Aside,
      });
      return [wire, withoutNeedless(route)];
    }),
  );
}

type Lines = readonly [number, number];

interface Task {
  readonly frame: Frame;
  readonly wire: Wire;
  /** The centres of both nodes. */
  readonly a: Room;
  readonly b: Room;
  /** Size of a node. */
  readonly node: Room;
  /** On which lines the wire leaves the first node and reaches the second one. */
  readonly lines: Lines;
  /** To the side, when it is not the only one between its nodes. */
  readonly aside: Aside;
}

const ROUTES: Readonly<Record<Wire['way'], (task: Task) => Room[]>> = {
  onward({ frame, wire, a, b, node, lines: [from, to] }) {
    const { slantStart, slantEnd } = frame.channels[wire.units[0].column];
    return [
      { along: a.along + node.along / 2, across: from },
      { along: slantStart, across: from },
      { along: slantEnd, across: to },
      { along: b.along - node.along / 2, across: to },
    ];
  },

  next({ a, b, node, aside: { shift } }) {
    const along = (a.along + b.along) / 2 + shift;
    return [
      { along, across: a.across + node.across / 2 },
      { along, across: b.across - node.across / 2 },
    ];
  },

  around({ frame, wire, a, b, node, lines: [from, to] }) {
    const { lanes, step } = frame.channels[wire.units[0].column];
    const along = Math.round(lanes + ((frame.lanes.get(wire) as number) + 1) * step);
    return [
      { along: a.along + node.along / 2, across: from },
      { along, across: from },
      { along, across: to },
      { along: b.along + node.along / 2, across: to },
    ];
  },

  straight({ a, b, node, aside: { shift } }) {
    // Moved sideways, so that two cables between the same nodes are two.
    const length = Math.sqrt((b.along - a.along) ** 2 + (b.across - a.across) ** 2);
    const aside = {
      along: ((a.across - b.across) * shift) / length,
      across: ((b.along - a.along) * shift) / length,
    };
    return [edge(a, b, aside, node), edge(b, a, aside, node)];
  },

  comb({ frame, wire, a, b, node, lines, aside: { shift } }) {
    const end = leafEnd(wire);
    const unit = wire.units[end];
    const [leaf, hub] = end === 0 ? [a, b] : [b, a];
    const port = lines[1 - end];
    const start = frame.starts.get(unit) as number;
    const place = unit.nodes.indexOf(wire.nodes[end]);
    const lane = (frame.rows.get(unit) as number) + (frame.blocks.get(unit)?.leaves[place].lane as number);
    const trunk = end === 1 ? start - TRUNK : start + (frame.extents.get(unit)?.deep as number) + TRUNK;
    const along = leaf.along + shift;
    const points = [
      { along: hub.along + (end === 1 ? node.along / 2 : -node.along / 2), across: port },
      { along: trunk, across: port },
      { along: trunk, across: lane },
      { along, across: lane },
      { along, across: leaf.across + (leaf.across < lane ? node.across / 2 : -node.across / 2) },
    ];
    return end === 1 ? points : points.reverse();
  },

  loop({ a, node, aside: { shift, step } }) {
    const top = a.across - node.across / 2;
    const half = Math.round((step * LOOP_WIDTH) / 2);
    const [left, right] = [a.along + shift - half, a.along + shift + half];
    return [
      { along: left, across: top },
      { along: left, across: top - BESIDE },
      { along: right, across: top - BESIDE },
      { along: right, across: top },
    ];
  },
};

/** Cables between the same two nodes stand beside each other, as far apart as their nodes allow. */
function shiftsOf(wires: readonly Wire[], node: Room): Map<Wire, Aside> {
  const groups = new Map<string, Wire[]>();
  for (const wire of wires) {
    const key = wire.nodes.join(' ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [wire]);
    else group.push(wire);
  }
  const side = Math.min(node.along, node.across) - BESIDE / 2;
  return new Map(
    [...groups.values()].flatMap((group) => {
      const step = Math.min(BESIDE, side / group.length);
      const shift = (index: number): number => Math.round((index - (group.length - 1) / 2) * step);
      return group.map((wire, index) => [wire, { shift: shift(index), step }] as const);
    }),
  );
}

interface Aside {
  /** How far a wire is to the side. */
  readonly shift: number;
  /** From one wire to the next. */
  readonly step: number;
}

/** Where a line from the centre of a node to a point, moved aside, leaves the node's box. */
function edge(center: Room, to: Room, aside: Room, node: Room): Room {
  const [along, across] = [to.along - center.along, to.across - center.across];
  const share = (distance: number, half: number): number =>
    distance === 0 ? 1 : Math.max(0, half) / Math.abs(distance);
  const part = Math.min(
    share(along, node.along / 2 - Math.sign(along) * aside.along),
    share(across, node.across / 2 - Math.sign(across) * aside.across),
  );
  return {
    along: Math.round(center.along + along * part + aside.along),
    across: Math.round(center.across + across * part + aside.across),
  };
}

/** Leaves out points that lie on the line between their neighbours. */
function withoutNeedless(points: readonly Room[]): Room[] {
  return points.filter((point, index) => {
    const [last, next] = [points[index - 1], points[index + 1]];
    if (last === undefined || next === undefined) return true;
    const isLevel = last.across === point.across && point.across === next.across;
    const isPlumb = last.along === point.along && point.along === next.along;
    return !isLevel && !isPlumb;
  });
}
