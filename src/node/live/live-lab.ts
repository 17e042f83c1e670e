// A lab that runs in real time, with nodes that are outside of it: each of their interfaces is a frame port. The devices
// and their stack are those of every other run; only the clock and these cable ends differ.

import type { Tap } from '../../device/tap.js';
import { buildWorld } from '../../lab/build-world.js';
import { cableFaults } from '../../lab/faults.js';
import type { Lab } from '../../lab/read-lab.js';
import type { World } from '../../net/world.js';
import type { RecordLevel } from '../../trace/trace.js';
import { type FramePort, LONGEST_FRAME, SHORTEST_FRAME } from './frame-port.js';
import { playScript } from './live-script.js';
import { Pacer, type PacerOptions } from './pacer.js';

/** A node that is outside of the lab, and what stands there for its interfaces, by their names. */
export interface PluggedNode {
  readonly node: string;
  readonly ports: ReadonlyMap<string, FramePort>;
}

export interface LiveOptions extends PacerOptions {
  /** In place of the lab's own. */
  readonly seed?: number;
  /** What is kept of the run from its beginning on. Default: nothing until somebody watches, as a run has no end. */
  readonly record?: RecordLevel;
}

export interface LiveLab {
  readonly lab: Lab;
  readonly world: World;
  readonly pacer: Pacer;
  /** Stands the clock still and closes all ports. */
  close(): Promise<void>;
}

/** A lab of which some nodes are outside, before time begins to pass. */
export interface WaitingLab {
  readonly lab: Lab;
  readonly world: World;
  /** The device that stands for an attached node. */
  tap(node: string): Tap;
  /** Plugs in the ports and lets time pass; the script's steps of other nodes are carried out. */
  start(plugged: readonly PluggedNode[]): LiveLab;
}

/** Builds the world of a lab with these nodes outside of it. */
export function prepareLive(lab: Lab, nodes: readonly string[], options: LiveOptions = {}): WaitingLab {
  const { seed, record = 'bytes' } = options;
  const world = buildWorld(lab, { attached: nodes, record, ...(seed === undefined ? {} : { seed }) });
  if (options.record === undefined) world.recorder.pause();
  const tap = (node: string): Tap => world.node(node)?.device as Tap;
  return {
    lab,
    world,
    tap,
    start(plugged) {
      const all = plugged.flatMap(({ ports }) => [...ports.values()]);
      const pacer = new Pacer(world, {
        alarm: all.find(({ alarm }) => alarm !== undefined)?.alarm,
        ...options,
      });
      const ports = plugged.flatMap(({ node, ports }) => {
        plugIn(tap(node), ports, pacer);
        return [...ports.values()];
      });
      for (const { at, apply } of cableFaults(world, lab))
        world.engine.schedule({ wake: apply }, at, world.engine.takeOrder());
      pacer.start();
      playScript(lab, world, pacer, nodes);
      return {
        lab,
        world,
        pacer,
        async close() {
          pacer.stop();
          for (const port of ports) {
            port.onFrame = () => {};
            await port.close();
          }
        },
      };
    },
  };
}

function plugIn(tap: Tap, ports: ReadonlyMap<string, FramePort>, pacer: Pacer): void {
  tap.lends = true;
  tap.onFrame = (frame, { name }) => ports.get(name)?.send(frame);
  for (const card of tap.ports) {
    const port = ports.get(card.name);
    if (port === undefined) continue;
    port.onFrame = (frame) => {
      if (frame.length < SHORTEST_FRAME || frame.length > LONGEST_FRAME) return;
      // As on a card whose memory is full: it is lost, and the lab goes on.
      if (!pacer.hasRoom) return;
      if (pacer.isBusy) {
        // What comes while something happens is only lent, and has to wait.
        const kept = Uint8Array.from(frame);
        pacer.inject(() => tap.send(kept, card));
      } else pacer.inject(() => tap.send(frame, card));
    };
  }
}
