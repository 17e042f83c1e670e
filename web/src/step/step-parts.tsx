// Smaller parts of the step: a drop with its remedy, rewritten fields, timers, and the why.

import { formatDuration, type Step } from 'wirewalk';
import { ChangedValue } from '../parts/row-text.js';
import { ExplainedText } from './explained-text.js';
import style from './step-parts.module.css';

export function DropNote({ drop }: { readonly drop: NonNullable<Step['drop']> }) {
  return (
    <section className={style.drop} data-harmless={drop.harmless}>
      <h3>
        <span aria-hidden="true">{drop.harmless ? '○ ' : '✕ '}</span>
        {drop.harmless ? 'Discarded, as it should be' : 'Dropped here'}
        <code className={style.reason}>{drop.reason}</code>
      </h3>
      <p>
        <ExplainedText text={drop.sentence} /> <span className={style.rfc}>{drop.rfc}</span>
      </p>
      {drop.harmless ? null : (
        <p>
          <strong>What to do:</strong> <ExplainedText text={drop.mend} />
        </p>
      )}
    </section>
  );
}

export function RewriteTable({ rewrites }: { readonly rewrites: Step['rewrites'] }) {
  return (
    <table className={style.rewrites}>
      <caption className="unseen">Fields rewritten on the way</caption>
      <thead>
        <tr>
          <th scope="col">field</th>
          <th scope="col">before → after</th>
        </tr>
      </thead>
      <tbody>
        {rewrites.map(({ name, label, before, after }) => (
          <tr key={name}>
            <th scope="row">
              {label} <span className={style.field}>{name}</span>
            </th>
            <td>
              <ChangedValue before={before} after={after} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function TimerList({ step }: { readonly step: Step }) {
  return (
    <ul className={style.timers}>
      {step.timers.map(({ name, at }) => (
        <li key={`${name} ${at}`}>
          <span className={style.timer}>{name}</span> fires in {formatDuration(at - step.time)}, at{' '}
          {formatDuration(at)}
        </li>
      ))}
    </ul>
  );
}

export interface WhyDetailsProps {
  readonly why: NonNullable<Step['why']>;
  readonly open: boolean;
  readonly setOpen: (open: boolean) => void;
}

export function WhyDetails({ why, open, setOpen }: WhyDetailsProps) {
  return (
    <details className={style.whyDetails} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Why? What it would look like without</summary>
      <p>
        <ExplainedText text={why.text} />
      </p>
      <p className={style.rfc}>{why.rfc}</p>
    </details>
  );
}
