// What the frame carries for programs, as text.

import { useMemo } from 'react';
import type { Dissection } from 'wirewalk';
import { LongText } from './long-text.js';
import style from './packet-pane.module.css';
import { payloadTexts } from './payload.js';

interface PayloadSectionProps {
  readonly dissection: Dissection;
  readonly bytes: Uint8Array;
}

const SHOWN = 1500;

export function PayloadSection({ dissection, bytes }: PayloadSectionProps) {
  const texts = useMemo(() => payloadTexts(dissection, bytes), [dissection, bytes]);
  if (texts.length === 0) return null;
  return (
    <section className={style.section} aria-labelledby="packet-payload">
      <h3 id="packet-payload">Payload</h3>
      {texts.map(({ title, text, note }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two messages can be the same
        <div key={index} className={style.payload}>
          <h4>{title}</h4>
          {note === undefined ? null : <p className={style.soft}>{note}</p>}
          <LongText text={text} shown={SHOWN} name={title} block />
        </div>
      ))}
    </section>
  );
}
