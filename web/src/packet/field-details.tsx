// What the chosen field says, what it is for, where it stands, and the filter that finds it again.

import type { Problem } from 'wirewalk';
import { setFilter, showCentre } from '../state/actions.js';
import { usePage } from '../state/store.js';
import { BitRows, hasBits } from './bit-rows.js';
import { CopyButton } from './copy-button.js';
import style from './field-details.module.css';
import { copiedValue, filterOf, joinedFilter, placeText, widthText } from './field-filter.js';
import type { FieldModel, FieldNode } from './field-model.js';
import { LongText, visibleText } from './long-text.js';

interface FieldDetailsProps {
  readonly model: FieldModel;
  readonly bytes: Uint8Array;
  readonly node: FieldNode | undefined;
  /** By filter name: what a field was one link before. */
  readonly changes: ReadonlyMap<string, string>;
  readonly select: (node: FieldNode) => void;
}

export function FieldDetails({ model, bytes, node, changes, select }: FieldDetailsProps) {
  if (node === undefined) {
    return (
      <p className={style.hint}>
        Choose a field, a box or a byte: what it means stands here, and its bytes light up.
      </p>
    );
  }
  const width = widthText(node);
  const was = changes.get(node.name);
  return (
    <div className={style.card} data-layer={node.layer}>
      <h4 className={style.title}>
        {node.label} <code className={style.name}>{node.name}</code>
      </h4>
      <p className={style.value}>
        <span className={node.open ? style.open : undefined}>
          <LongText text={node.text} shown={400} name={node.label} />
        </span>
        {node.open ? ' not known yet' : ''}
      </p>
      {was === undefined || node.children.length > 0 ? null : (
        <p className={style.was}>
          On the link before it was {was === '' ? 'not there' : <code>{visibleText(was.slice(0, 400))}</code>}
          .
        </p>
      )}
      {node.problems.map((problem) => (
        <ProblemText key={problem.text} problem={problem} />
      ))}
      {node.meaning === undefined ? null : <p>{node.meaning}</p>}
      {hasBits(node) ? <BitRows model={model} bytes={bytes} node={node} select={select} /> : null}
      <dl className={style.facts}>
        <dt>Where</dt>
        <dd>
          {placeText(node)}
          {width === '' ? '' : `; ${width} wide`}
        </dd>
        {node.rfc === undefined ? null : (
          <>
            <dt>Defined in</dt>
            <dd>{node.rfc}</dd>
          </>
        )}
        {node.aliases.length === 0 ? null : (
          <>
            <dt>Also found by</dt>
            <dd>
              {node.aliases.map((alias) => (
                <code key={alias}>{alias} </code>
              ))}
            </dd>
          </>
        )}
      </dl>
      <FieldActions node={node} />
    </div>
  );
}

function FieldActions({ node }: { readonly node: FieldNode }) {
  const current = usePage((state) => state.filter);
  const filter = filterOf(node);
  const apply = (text: string): void => {
    setFilter(text);
    showCentre('packets');
  };
  const joined = joinedFilter(current, filter);
  return (
    <>
      <p className={style.filter}>
        Filter <code>{filter}</code>
      </p>
      <div className={style.actions}>
        <button type="button" className={style.action} onClick={() => apply(filter)}>
          Use as filter
        </button>
        {joined === filter || current.includes(filter) ? null : (
          <button type="button" className={style.action} title={joined} onClick={() => apply(joined)}>
            Add to filter
          </button>
        )}
        <CopyButton text={() => filter} title={filter}>
          Copy filter
        </CopyButton>
        <CopyButton text={() => copiedValue(node)}>Copy value</CopyButton>
      </div>
    </>
  );
}

const SEVERITY_WORDS = { error: 'Malformed', warning: 'Wrong', note: 'Unusual' } as const;

export function ProblemText({ problem }: { readonly problem: Problem }) {
  return (
    <p className={style.problem} data-severity={problem.severity}>
      <b>{SEVERITY_WORDS[problem.severity]}:</b> {problem.text}
      {problem.rfc === undefined ? '' : ` (${problem.rfc})`}
    </p>
  );
}
