// Plays a script. A failure tells all steps so far, the one that failed, and field by field what is not as it should be.

import { formatDuration, MILLISECOND, type Time } from '../../src/base/time.js';
import { Account } from './account.js';
import { act, connectionOf, programOf, wrongByte } from './acts.js';
import { type Difference, differencesOf, formatGot, within } from './compare.js';
import type { Openings } from './read-script.js';
import type { Action, Beat, Script, Step, Wanted } from './script.js';
import { formatBounds, type SegmentText } from './segment-text.js';
import { type Program, Stage, type ToldEvent } from './stage.js';
import type { Got } from './talk.js';

/** How much later than the script says something may happen: clocks count in milliseconds (RFC 6298 §2, G). */
const TOLERANCE: Time = MILLISECOND;
/** Segments that a failure shows at most. */
const SHOWN = 8;

/**
 * Plays it twice, with the numbers of both sides beginning at different places: nothing may depend on that.
 * @throws Error with everything that has happened, when a step does not hold
 */
export function runScript(script: Script, openings: Openings): void {
  new Play(script, openings).run();
  // In the second run the host's numbers wrap around, and the peer's change their sign.
  const host = { ...script.host, isn: 0xffffffc0 };
  const peer = { ...script.peer, isn: 0x7fffff80 };
  new Play({ ...script, title: `${script.title}, with other numbers`, host, peer }, openings).run();
}

class Play {
  private readonly script: Script;
  private readonly openings: Openings;
  private readonly stage: Stage;
  private readonly account: Account;
  /** How much of each program's news a step has looked at. */
  private readonly heard = new Map<Program, number>();
  private clock: Time = 0;
  private readonly events: ToldEvent[] = [];

  constructor(script: Script, openings: Openings) {
    this.script = script;
    this.openings = openings;
    this.stage = new Stage(script.host, script.peer);
    this.account = new Account(script);
  }

  run(): void {
    this.playBeats(this.script.beats);
    this.account.begins(undefined);
    this.law(this.stage.advanceTo(this.clock));
    this.nothingUnexpected();
    const wrong = this.stage.ports().flatMap((port) => wrongByte(this.stage, port) ?? []);
    if (wrong.length > 0) this.fail(wrong);
    const left = this.stage.end();
    if (left.length > 0) this.fail(left);
  }

  private playBeats(beats: readonly Beat[]): void {
    for (const { sentence, steps } of beats) {
      this.account.sentence(sentence);
      for (const step of steps) {
        this.account.begins(step);
        this.play(step);
        if (step.action.kind !== 'begin') this.account.holds(step, this.clock);
      }
    }
  }

  private play(step: Step): void {
    const { action, after, port } = step;
    const { stage } = this;
    switch (action.kind) {
      case 'begin': {
        const beats = this.openings.get(action.opening);
        if (beats === undefined)
          this.account.mistake(
            `there is no opening “${action.opening}”`,
            `There are ${[...this.openings.keys()].join(', ')}.`,
          );
        this.playBeats(beats);
        return;
      }
      case 'expect':
        this.expect(port, action, after);
        return;
      case 'expect-run':
        this.expectRun(port, action, after);
        return;
      case 'silence':
      case 'whatever':
        this.moveTo(this.clock + after.from);
        if (action.kind === 'silence') this.nothingUnexpected();
        this.moveTo(this.clock + action.time);
        if (action.kind === 'silence') this.nothingUnexpected();
        else stage.forget();
        return;
      case 'hears':
        this.hears(port, action.told, after);
        return;
      default:
    }
    this.moveTo(this.clock + after.from);
    switch (action.kind) {
      case 'drops': {
        const found = stage.newDrops();
        this.oneOf('dropped', action.choices, found.join(', ') || 'nothing');
        return;
      }
      case 'state':
        this.oneOf('state', action.states, stage.state(port));
        return;
      case 'knows':
        this.facts(action.facts, { ...connectionOf(stage, this.account, port).info() });
        return;
      case 'tells':
        this.tells(action.event, action.facts);
        return;
      case 'over': {
        this.nothingUnexpected();
        const left = stage.rest();
        if (left.length > 0) this.fail(left);
        return;
      }
      default:
    }
    // Somebody does something: what has come so far must have been expected.
    this.nothingUnexpected();
    act(stage, this.account, action, port);
    this.law(stage.advanceTo(this.clock));
  }

  // ---- what must be ----

  private moveTo(time: Time): void {
    this.law(this.stage.advanceTo(time));
    this.clock = time;
  }

  /** The oldest segment nobody has looked at is this one, and it has left the host when it should. */
  private expect(port: number, action: Extract<Action, { kind: 'expect' }>, after: Step['after']): void {
    if (action.optional) {
      this.moveTo(this.clock + after.to);
      const { got } = this.stage.talk(port);
      if (got[0] !== undefined && differencesOf(action.segments[0] as SegmentText, got[0]).length === 0)
        got.shift();
      return;
    }
    const got = this.next(port, after);
    const differences = action.segments.map((wanted) => differencesOf(wanted, got));
    if (differences.every(({ length }) => length > 0)) this.differ(differences[0] as Difference[], port, got);
  }

  private next(port: number, after: Step['after']): Got {
    const { stage } = this;
    const { got } = stage.talk(port);
    const from = this.clock + after.from;
    const to = this.clock + after.to;
    this.law(stage.advanceToSegment(port, Math.max(stage.world.now, to + (after.to === 0 ? 0 : TOLERANCE))));
    const first = got.shift();
    if (first === undefined) {
      this.law(stage.advanceTo(to));
      this.fail(['no segment came', ...this.others(port)]);
    }
    if (first.time < from - TOLERANCE || first.time > to + TOLERANCE) {
      const due =
        after.from === after.to ? formatDuration(from) : `${formatDuration(from)} to ${formatDuration(to)}`;
      this.differ([{ field: 'time', wanted: due, got: formatDuration(first.time) }], port, first);
    }
    this.clock = after.from === after.to ? from : Math.max(from, first.time);
    return first;
  }

  /** So many full segments in a row, and no more. */
  private expectRun(
    port: number,
    { count, length, first }: Extract<Action, { kind: 'expect-run' }>,
    after: Step['after'],
  ): void {
    this.moveTo(this.clock + after.from);
    const { got } = this.stage.talk(port);
    let seq = first;
    let number = 0;
    while (number < count.high) {
      const segment = got[0];
      if (segment === undefined || segment.text.length !== length || segment.seq !== seq) break;
      got.shift();
      seq += length;
      number++;
    }
    if (!within(number, count)) {
      this.differ(
        [
          {
            field: 'segments',
            wanted: `${formatBounds(count)} of ${length} from ${first}`,
            got: String(number),
          },
        ],
        port,
      );
    }
  }

  private hears(port: number, told: readonly string[], after: Step['after']): void {
    const program = programOf(this.stage, this.account, port);
    const from = this.heard.get(program) ?? 0;
    const enough = (): boolean => program.told.length >= from + told.length;
    const { engine } = this.stage.world;
    const to = this.clock + after.to;
    this.moveTo(this.clock + after.from);
    while (!enough() && engine.nextAt <= to) this.law(this.stage.advanceTo(engine.nextAt));
    this.clock = Math.max(this.clock, Math.min(to, this.stage.world.now));
    this.law(this.stage.advanceTo(this.clock));
    // `readable` without a number is any number.
    const found = program.told
      .slice(from)
      .map((what, index) => (told[index] === what.split(' ')[0] ? (told[index] as string) : what));
    this.heard.set(program, program.told.length);
    this.oneOf('told', [told.join(', ') || 'nothing'], found.join(', ') || 'nothing');
  }

  private facts(wanted: readonly Wanted[], found: Readonly<Record<string, unknown>>): void {
    const differences = wanted
      .filter(([name, value]) => {
        const is = found[name];
        return typeof value === 'string'
          ? String(is) !== value
          : typeof is !== 'number' || !within(is, value);
      })
      .map(([field, value]) => ({
        field,
        wanted: typeof value === 'string' ? value : formatBounds(value),
        got: String(found[field]),
      }));
    if (differences.length > 0) this.differ(differences);
  }

  /** The next event of this name that no step has looked at. */
  private tells(name: string, facts: readonly Wanted[]): void {
    this.events.push(...this.stage.newEvents());
    const at = this.events.findIndex((event) => event.name === name);
    const names = this.events.map((event) => event.name).join(', ') || 'nothing';
    if (at < 0) this.differ([{ field: 'event', wanted: name, got: names }]);
    const [event] = this.events.splice(0, at + 1).slice(-1);
    this.facts(facts, event?.data ?? {});
  }

  // ---- failing ----

  private nothingUnexpected(): void {
    const [first] = this.stage.unexpected();
    if (first !== undefined)
      this.fail(['the host has sent what no step expects:', ...this.others(first.port)]);
  }

  private law(broken: readonly string[]): void {
    if (broken.length > 0) this.fail(['a law is broken:', ...broken.map((law) => `  ${law}`)]);
  }

  private oneOf(field: string, choices: readonly string[], got: string): void {
    if (!choices.includes(got)) this.differ([{ field, wanted: choices.join(' or '), got }]);
  }

  private differ(differences: readonly Difference[], port?: number, segment?: Got): never {
    return this.account.differ(this.stage.world.now, differences, [
      ...(segment === undefined ? [] : [`the segment that came: ${formatGot(segment)}`]),
      ...(port === undefined ? [] : this.others(port)),
    ]);
  }

  /** Some of the segments that no step has looked at, and what has died meanwhile. */
  private others(port: number): string[] {
    const { got } = this.stage.talk(port);
    const drops = this.stage.newDrops();
    return [
      ...got.slice(0, SHOWN).map((one) => `also sent: ${formatGot(one)}`),
      ...(got.length > SHOWN ? [`… and ${got.length - SHOWN} more`] : []),
      ...(drops.length > 0 ? [`dropped meanwhile: ${drops.slice(0, SHOWN).join(', ')}`] : []),
    ];
  }

  private fail(wrong: readonly string[]): never {
    return this.account.fail(this.stage.world.now, wrong);
  }
}
