// The console of a node: a terminal with the commands it has. What is typed goes on from the chosen moment.

import { lazy, Suspense, useLayoutEffect, useRef, useState } from 'react';
import { enter, openConsole } from '../state/actions.js';
import { useAnswer } from '../state/answers.js';
import { type PageState, usePage } from '../state/store.js';
import style from './console-pane.module.css';
import { promptOf, recallTyped, useSession } from './console-sessions.js';
import { MomentBanner } from './moment-banner.js';
import { PlainConsole } from './plain-console.js';
import { keepView, keptView, type View } from './view-choice.js';

// Who takes plain text does without the terminal's code.
const TerminalView = lazy(async () => ({ default: (await import('./terminal-view.js')).TerminalView }));

export function ConsolePane() {
  const started = usePage((state) => state.run !== undefined);
  return started ? <Consoles /> : <BeforeEnter />;
}

function BeforeEnter() {
  const ready = usePage((state) => state.lab !== undefined && state.busy === undefined);
  return (
    <section className={style.before}>
      <h2>Consoles</h2>
      <p>
        Each device has a console with its commands, such as <code>ping</code> or <code>show ip route</code>.
        What you type there goes on from a moment of the run, so there has to be a run first.
      </p>
      <button type="button" className={style.enter} disabled={!ready} onClick={() => void enter()}>
        Enter <span aria-hidden="true">⏎</span>
      </button>
    </section>
  );
}

/** id of the field that says which device's console is shown. */
const DEVICE = 'console-device';

/** The node that was chosen, or else the one of the step. */
function chosenNode({ node, run, step }: PageState): number {
  if (run?.world.nodes[node] !== undefined) return node;
  return Math.max(0, run?.steps[step]?.node ?? 0);
}

function Consoles() {
  const run = usePage((state) => state.run);
  const consoles = usePage((state) => state.lab?.consoles);
  const index = usePage(chosenNode);
  const commands = useAnswer('commands', run === undefined ? undefined : { run: run.run, node: index });
  const [view, setView] = useState(keptView);
  const [large, setLarge] = useState(false);
  const node = run?.world.nodes[index];
  // Before the terminal tells what was said.
  useLayoutEffect(() => {
    if (run !== undefined) recallTyped(run);
  }, [run]);
  if (node === undefined) return null;
  const names = commands?.node === index ? commands.names : [];
  const choose = (next: View): void => {
    keepView(next);
    setView(next);
  };
  return (
    <section className={style.pane} data-large={large}>
      <h2 className="unseen">Console of {node.label ?? node.name}</h2>
      <Bar index={index} view={view} choose={choose} large={large} setLarge={setLarge} />
      <MomentBanner />
      {consoles?.[index] !== true ? (
        <p className={style.none}>{node.name} has no console.</p>
      ) : (
        <Screen
          key={view === 'text' ? `${node.name} text` : 'terminal'}
          index={index}
          view={view}
          names={names}
          choose={choose}
        />
      )}
    </section>
  );
}

interface BarProps {
  readonly index: number;
  readonly view: View;
  readonly choose: (view: View) => void;
  readonly large: boolean;
  readonly setLarge: (large: boolean) => void;
}

function Bar({ index, view, choose, large, setLarge }: BarProps) {
  const world = usePage((state) => state.run?.world);
  return (
    <div className={style.bar}>
      <select
        id={DEVICE}
        className={style.select}
        aria-label="Device"
        value={index}
        onChange={({ target }) => openConsole(Number(target.value))}
      >
        {world?.nodes.map((node, i) => (
          <option key={node.name} value={i}>
            {node.label === undefined || node.label === node.name ? node.name : `${node.name}: ${node.label}`}
          </option>
        ))}
      </select>
      <fieldset className={style.views}>
        <legend className="unseen">Show the console as</legend>
        <ViewRadio title="Terminal" isChosen={view !== 'text'} choose={() => choose('terminal')} />
        <ViewRadio title="Text" isChosen={view === 'text'} choose={() => choose('text')} />
      </fieldset>
      <button
        type="button"
        className={style.large}
        aria-pressed={large}
        aria-label="Large console"
        title={large ? 'Back to its place' : 'Large: room for wide tables'}
        onClick={() => setLarge(!large)}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path
            d={
              large
                ? 'M7 3v4H3M9 13V9h4M7 7 2.500 2.500M9 9l4.500 4.500'
                : 'M9 3h4v4M7 13H3V9M13 3 9 7M3 13l4-4'
            }
          />
        </svg>
      </button>
    </div>
  );
}

interface ViewRadioProps {
  readonly title: string;
  readonly isChosen: boolean;
  readonly choose: () => void;
}

function ViewRadio({ title, isChosen, choose }: ViewRadioProps) {
  return (
    <label className={style.view}>
      <input type="radio" className="unseen" name="console-view" checked={isChosen} onChange={choose} />
      <span>{title}</span>
    </label>
  );
}

interface ScreenProps {
  readonly index: number;
  readonly view: View;
  readonly names: readonly string[];
  readonly choose: (view: View) => void;
}

function Screen({ index, view, names, choose }: ScreenProps) {
  const node = usePage((state) => state.run?.world.nodes[index]);
  const typing = useRef<(text: string) => void>(undefined);
  if (node === undefined) return null;
  const prompt = promptOf(node);
  const label = node.label === undefined || node.label === node.name ? '' : `, ${node.label}`;
  const greeting = `${node.name}${label}: type help for its commands.`;
  const leave = (): void => document.getElementById(DEVICE)?.focus();
  return (
    <>
      <div className={style.screen}>
        {view === 'text' ? (
          <PlainConsole node={node.name} prompt={prompt} greeting={greeting} typing={typing} />
        ) : (
          <Suspense fallback={<p className={style.none}>Loading the terminal…</p>}>
            <TerminalView
              node={node.name}
              prompt={prompt}
              greeting={greeting}
              screenReader={view === 'reader'}
              typing={typing}
              leave={leave}
            />
          </Suspense>
        )}
      </div>
      {view === 'terminal' ? <LastWords node={node.name} /> : null}
      <div className={style.foot}>
        <ul className={style.chips} aria-label={`Commands of ${node.name}`}>
          {names.map((name) => (
            <li key={name}>
              <button type="button" className={style.chip} onClick={() => typing.current?.(`${name} `)}>
                {name}
              </button>
            </li>
          ))}
        </ul>
        {view === 'text' ? null : (
          <div className={style.hints}>
            <p>
              <kbd>Tab</kbd> completes
              <span className={style.known}>
                {' '}
                · <kbd>↑↓</kbd> history · <kbd>Ctrl L</kbd> clears
              </span>{' '}
              · <kbd>Esc</kbd> leaves
            </p>
            <label className={style.reader}>
              <input
                type="checkbox"
                checked={view === 'reader'}
                onChange={({ target }) => choose(target.checked ? 'reader' : 'terminal')}
              />
              Screen reader
            </label>
          </div>
        )}
      </div>
    </>
  );
}

/** What the last command printed, for screen readers: the terminal's own picture says them nothing. */
function LastWords({ node }: { readonly node: string }) {
  const { entries } = useSession(node);
  const last = entries.findLast((entry) => entry.kind === 'command');
  const words = last?.kind === 'command' ? `${last.line}\n${last.output.slice(0, 2000)}` : '';
  return (
    <div className="unseen" role="log" aria-label={`Output on ${node}`}>
      <p>{words}</p>
    </div>
  );
}
