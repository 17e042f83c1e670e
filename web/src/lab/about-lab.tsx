// What the open lab is about, and what it is made of.

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
  const { source, title, description, name, file, seed, url, world } = lab;
  return (
    <Dialog title={title} close={close}>
      <div className={style.about}>
        {description === '' ? null : <p>{description}</p>}
        <dl className={style.facts}>
          <Fact name="Name" value={name} />
          <Fact name="File" value={file} />
          <Fact name="Opens" value={url === '' ? 'no page' : url} />
          <Fact name="Seed" value={String(seed)} />
          <Fact name="Size" value={`${world.nodes.length} devices, ${world.links.length} cables`} />
          {source.kind === 'text' ? null : <Fact name="Terminal" value={`wirewalk run ${source.name}`} />}
        </dl>
        <Devices lab={lab} />
      </div>
    </Dialog>
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
