// What can be taken away: the capture, the walk, the picture, the lab file, a link to this moment.

import { type ReactNode, useId, useState } from 'react';
import { ask } from '../state/engine-client.js';
import { page, usePage } from '../state/store.js';
import type { TakeAway } from '../worker/protocol.js';
import { copyText, saveFile, saveText, sizeWords, yamlName } from './save-file.js';
import style from './take-away-menu.module.css';

const WHOLE_RUN: readonly { readonly what: TakeAway; readonly title: string; readonly more: string }[] = [
  { what: 'markdown', title: 'Walk as text', more: 'Markdown, .md' },
  { what: 'json', title: 'Walk as data', more: 'JSON, .json' },
  { what: 'svg', title: 'Network as a picture', more: 'SVG, .svg' },
];

export function TakeAwayChoices() {
  const run = usePage((state) => state.run);
  const lab = usePage((state) => state.lab);
  const [cable, setCable] = useState('');
  const [said, say] = useState('');
  const reason = useId();
  const take = async (what: TakeAway): Promise<void> => {
    if (run === undefined) return;
    say('Writing the file …');
    const chosen = what === 'pcapng' && cable !== '' ? { interfaces: [cable] } : {};
    try {
      const { name, type, bytes } = await ask('takeAway', { run: run.run, what, ...chosen });
      saveFile(name, type, bytes);
      say(`${name}, ${sizeWords(bytes.length)}, is in your downloads.`);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  };
  const link = async (): Promise<void> => {
    const done = await copyText(location.href);
    if (!done) say('The browser does not let the page copy; the link is in its address bar.');
    else if (holdsAll()) say('The link is copied: it shows exactly this moment.');
    else say('The link is copied. The lab file is too long for it: send the file along.');
  };
  const without = run === undefined ? { disabled: true, 'aria-describedby': reason } : {};
  return (
    <>
      {run === undefined ? (
        <p id={reason} className={style.reason}>
          Nothing has happened yet. Press Enter beside the address; then there is a run to take away.
        </p>
      ) : null}
      <ul className={style.choices}>
        <li>
          <Choice
            title="Capture for Wireshark"
            more="pcapng, with our explanations"
            take={() => take('pcapng')}
            {...without}
          />
          {run === undefined ? null : <Interfaces chosen={cable} choose={setCable} />}
        </li>
        {WHOLE_RUN.map(({ what, title, more }) => (
          <li key={what}>
            <Choice title={title} more={more} take={() => take(what)} {...without} />
          </li>
        ))}
        {lab === undefined ? null : (
          <li>
            <Choice
              title="Lab file"
              more="YAML, .yaml"
              take={() => {
                saveText(yamlName(lab.file), 'application/yaml', lab.text);
                say(`${yamlName(lab.file)} is in your downloads.`);
              }}
            />
          </li>
        )}
        <li>
          <Choice title="Copy link" more="to exactly this moment" take={link} />
        </li>
      </ul>
      <p role="status" className={style.said}>
        {said}
      </p>
    </>
  );
}

/** A lab file that somebody brought travels in the link, unless it is too long. */
function holdsAll(): boolean {
  return page().lab?.source.kind !== 'text' || /[#&]text=/.test(location.hash);
}

interface ChoiceProps {
  readonly title: string;
  readonly more: ReactNode;
  readonly take: () => unknown;
  readonly disabled?: boolean;
  readonly 'aria-describedby'?: string;
}

function Choice({ title, more, take, ...rest }: ChoiceProps) {
  return (
    <button type="button" className={style.choice} onClick={() => void take()} {...rest}>
      <span>{title}</span> <span className={style.more}>{more}</span>
    </button>
  );
}

interface InterfacesProps {
  readonly chosen: string;
  readonly choose: (name: string) => void;
}

function Interfaces({ chosen, choose }: InterfacesProps) {
  const world = usePage((state) => state.run?.world);
  const names = world?.interfaces.map(({ node, name }) => `${world.nodes[node]?.name}:${name}`) ?? [];
  return (
    <span className={style.where}>
      at
      <select
        className={style.select}
        aria-label="Interface of the capture"
        value={chosen}
        onChange={({ target }) => choose(target.value)}
      >
        <option value="">all interfaces</option>
        {names.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </span>
  );
}
