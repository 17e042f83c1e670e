// The network as a graph: who is plugged into whom, and how much room the texts on each cable want.

import type { WorldDescription } from '../../trace/events.js';
import { CABLE_LINE, endTexts, joinedTexts, middleText, widthOf } from './cable-texts.js';

/** Sizes in the direction of flow: `along` goes from column to column, `across` from node to node within a column. */
export interface Room {
  readonly along: number;
  readonly across: number;
}

/** What the picture is measured by, in px. */
export interface Measures {
  /** Do the columns follow each other downwards instead of to the right? */
  readonly down: boolean;
  readonly node: Room;
  /** Least distance between two columns, and between two nodes of a column. */
  readonly gap: Room;
  /** Room for texts on the cables? */
  readonly labels: boolean;
}

export interface Cable {
  /** Index into the description's links. */
  readonly link: number;
  readonly nodes: readonly [number, number];
  /** What the texts of each end need. */
  readonly ends: readonly [Room, Room];
  /** What they need where the other end's name stands with them. */
  readonly joined: readonly [Room, Room];
  /** What delay and rate need. */
  readonly middle: Room;
}

export interface CableGraph {
  readonly kinds: readonly string[];
  readonly cables: readonly Cable[];
  /** By node: its neighbours, each once, without itself, in the order of the links. */
  readonly neighbors: readonly (readonly number[])[];
}

const NO_ROOM: Room = { along: 0, across: 0 };
/** Between a text and what it must not touch, in px. */
const TEXT_GAP = 14;

export function cableGraph(world: WorldDescription, measures: Measures): CableGraph {
  const neighbors = world.nodes.map(() => new Set<number>());
  const cables: Cable[] = [];
  const roomOf = (lines: readonly string[]): Room => {
    if (!measures.labels || widthOf(lines) === 0) return NO_ROOM;
    const [width, height] = [widthOf(lines) + TEXT_GAP, lines.length * CABLE_LINE + 2];
    return measures.down ? { along: height, across: width } : { along: width, across: height };
  };
  world.links.forEach(({ ends: [a, b] }, link) => {
    const nodes = [world.interfaces[a]?.node, world.interfaces[b]?.node] as const;
    if (neighbors[nodes[0]] === undefined || neighbors[nodes[1]] === undefined) return;
    cables.push({
      link,
      nodes,
      ends: [roomOf(endTexts(world, a)), roomOf(endTexts(world, b))],
      joined: [roomOf(joinedTexts(world, a, b)), roomOf(joinedTexts(world, b, a))],
      middle: roomOf([middleText(world.links[link])]),
    });
    if (nodes[0] === nodes[1]) return;
    neighbors[nodes[0]].add(nodes[1]);
    neighbors[nodes[1]].add(nodes[0]);
  });
  return { kinds: world.nodes.map(({ kind }) => kind), cables, neighbors: neighbors.map((set) => [...set]) };
}

/** The parts that hang together, each with its nodes in ascending order; the part of `first` is the first one. */
export function connectedParts({ neighbors }: CableGraph, first: number): number[][] {
  const seen = neighbors.map(() => false);
  const parts: number[][] = [];
  for (const start of [first, ...neighbors.keys()]) {
    if (seen[start] !== false) continue;
    const part = [start];
    seen[start] = true;
    for (const node of part) {
      for (const next of neighbors[node]) {
        if (seen[next]) continue;
        seen[next] = true;
        part.push(next);
      }
    }
    parts.push(part.sort((a, b) => a - b));
  }
  return parts;
}
