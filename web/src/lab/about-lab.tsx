// What the open lab is about, and what it is made of.

import { type FormEvent, useId, useState } from 'react';
import { enter } from '../state/actions.js';
import { update, usePage } from '../state/store.js';
import type { OpenedLab } from '../worker/protocol.js';
import style from './about-lab.module.css';
import { Dialog } from './dialog.js';

/** Devices that are listed; the map shows all of them. */
const LISTED = 100;

interface AboutLabProps {
  readonly lab: OpenedLab;
  readonly close: () => void;
}

export function AboutLab({ lab, close }: AboutLabProps) {
  const { source, title, description, name, file, url, world } = lab;
  return (
    <Dialog title={title} close={close}>
      <div className={style.about}>
        {description === '' ? null : <p>{description}</p>}
        <dl className={style.facts}>
          <Fact name="Name" value={name} />
          <Fact name="File" value={file} />
          <Fact name="Opens" value={url === '' ? 'no page' : url} />
          <Fact name="Size" value={`${world.nodes.length} devices, ${world.links.length} cables`} />
          {source.kind === 'text' ? null : <Fact name="Terminal" value={`wirewalk run ${source.name}`} />}
        </dl>
        <SeedForm lab={lab} close={close} />
        <Devices lab={lab} />
      </div>
    </Dialog>
  );
}

/** Seeds are 32 bits wide. */
const MAX_SEED = 2 ** 32 - 1;

/** Another seed: other ports, numbers and losses in the same network. */
function SeedForm({ lab, close }: AboutLabProps) {
  const id = useId();
  const chosen = usePage((state) => state.seed);
  const [text, setText] = useState(String(chosen ?? lab.seed));
  const seed = Number(text);
  const isSound = /^\d+$/.test(text.trim()) && seed <= MAX_SEED;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isSound) return;
    update({ seed: seed === lab.seed ? undefined : seed });
    close();
    void enter();
  };
  return (
    <form className={style.seed} onSubmit={submit}>
      <label htmlFor={id}>Seed</label>
      <input
        id={id}
        inputMode="numeric"
        autoComplete="off"
        value={text}
        aria-invalid={!isSound}
        aria-describedby={`${id}note`}
        onChange={({ target }) => setText(target.value)}
      />
      <button type="submit" disabled={!isSound}>
        Run with this seed
      </button>
      <p id={`${id}note`}>
        {isSound
          ? `Whatever is drawn at random comes from the seed; the lab’s own is ${lab.seed}.`
          : `A whole number from 0 to ${MAX_SEED}.`}
      </p>
    </form>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Devices({ lab }: { readonly lab: OpenedLab }) {
  const { nodes, interfaces } = lab.world;
  const more = nodes.length - LISTED;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
    <section className={style.devices} aria-label="Devices of the lab" tabIndex={0}>
      <table className={style.table}>
        <caption>Devices</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">What it is</th>
            <th scope="col">Addresses</th>
          </tr>
        </thead>
        <tbody>
          {nodes.slice(0, LISTED).map((node) => (
            <tr key={node.name}>
              <th scope="row">{node.name}</th>
              <td>{node.label === undefined ? node.kind : `${node.label} (${node.kind})`}</td>
              <td className={style.addresses}>
                {node.interfaces.flatMap((id) => interfaces[id]?.address ?? []).join(', ') || '–'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 ? <p className={style.more}>… and {more} more</p> : null}
    </section>
  );
}
