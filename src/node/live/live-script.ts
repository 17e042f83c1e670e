// The script of a lab in real time: steps with a time begin at that time, the others one after the other. Steps of nodes
// that are outside are left out: who sits there decides.

import { startCommand } from '../../lab/console/console.js';
import type { Lab } from '../../lab/read-lab.js';
import type { LabStep } from '../../lab/schema.js';
import type { World } from '../../net/world.js';
import type { Pacer } from './pacer.js';

export function playScript(lab: Lab, world: World, pacer: Pacer, attached: readonly string[]): void {
  const steps = lab.script.filter(({ node }) => !attached.includes(node));
  const { engine } = world;
  const goOn = (): void => {
    const step = steps.shift();
    if (step === undefined) return;
    const begin = (): void =>
      carryOut(world, step, () => engine.schedule({ wake: goOn }, engine.now, engine.takeOrder()));
    if (step.at === undefined || step.at <= engine.now) begin();
    else engine.schedule({ wake: begin }, step.at, engine.takeOrder());
  };
  pacer.inject(goOn);
}

function carryOut(world: World, step: LabStep, done: () => void): void {
  world.recorder.cause = -1;
  if ('browse' in step) world.station(step.node).browser.open(step.browse.text, done);
  else startCommand(world, step.node, step.run, { write: () => {}, done });
}
