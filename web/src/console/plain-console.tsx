// The console as plain text and a field: for screen readers, for small screens with their own keyboards, for copying.

import { type FormEvent, type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react';
import { useAnswer } from '../state/answers.js';
import { usePage } from '../state/store.js';
import { completionOf } from './completion.js';
import { type Entry, runLine, type Session, useSession } from './console-sessions.js';
import style from './plain-console.module.css';

interface PlainConsoleProps {
  readonly node: string;
  readonly prompt: string;
  readonly greeting: string;
  readonly typing: RefObject<((text: string) => void) | undefined>;
}

/** Completions that are offered at once. */
const OFFERED = 12;

export function PlainConsole({ node, prompt, greeting, typing }: PlainConsoleProps) {
  const session = useSession(node);
  const { editor, pending } = session;
  const [line, setLine] = useState(editor.text);
  const field = useRef<HTMLInputElement>(null);
  const show = (text: string): void => {
    editor.set(text);
    setLine(text);
  };
  useEffect(() => {
    typing.current = (text) => {
      show(text);
      field.current?.focus();
    };
    return () => {
      typing.current = undefined;
    };
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (line.trim() === '' || pending !== undefined) return;
    editor.set(line);
    editor.enter();
    setLine('');
    void runLine(node, line.trim());
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    editor.set(line);
    if (event.key === 'ArrowUp') editor.older();
    else editor.newer();
    setLine(editor.text);
  };
  return (
    <div className={style.console}>
      <PlainLog session={session} node={node} prompt={prompt} greeting={greeting} />
      <Offered node={node} line={line} take={(text) => typing.current?.(text)} />
      <form className={style.form} onSubmit={submit}>
        <label className={style.prompt}>
          <span aria-hidden="true">{prompt}</span>
          <span className="unseen">Command on {node}</span>
          <input
            ref={field}
            className={style.field}
            type="text"
            autoComplete="off"
            autoCapitalize="off"
            autoCorrect="off"
            spellCheck={false}
            maxLength={2000}
            value={line}
            onChange={({ target }) => show(target.value)}
            onKeyDown={press}
          />
        </label>
        <button type="submit" className={style.run} disabled={pending !== undefined}>
          Run
        </button>
      </form>
    </div>
  );
}

interface PlainLogProps {
  readonly session: Session;
  readonly node: string;
  readonly prompt: string;
  readonly greeting: string;
}

function PlainLog({ session, node, prompt, greeting }: PlainLogProps) {
  const { entries, pending } = session;
  const log = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is new is to be seen
  useEffect(() => {
    log.current?.scrollTo({ top: log.current.scrollHeight });
  }, [entries, pending, node]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
    <div ref={log} className={style.log} role="log" aria-label={`Console of ${node}`} tabIndex={0}>
      <p className={style.note}>{greeting}</p>
      {entries.map((entry, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: entries are only added
        <PlainEntry key={i} entry={entry} prompt={prompt} />
      ))}
      {pending === undefined ? null : <Said prompt={prompt} line={pending.line} />}
    </div>
  );
}

function PlainEntry({ entry, prompt }: { readonly entry: Entry; readonly prompt: string }) {
  if (entry.kind === 'note') return <p className={style.note}>{entry.text}</p>;
  return (
    <div>
      <Said prompt={prompt} line={entry.line} />
      {entry.output === '' ? null : <pre className={style.output}>{entry.output.replace(/\n$/, '')}</pre>}
      {entry.exitCode === 0 ? null : <p className={style.code}>exit code {entry.exitCode}</p>}
    </div>
  );
}

function Said({ prompt, line }: { readonly prompt: string; readonly line: string }) {
  return (
    <p className={style.said}>
      <span className={style.mark}>{prompt}</span>
      {line}
    </p>
  );
}

interface OfferedProps {
  readonly node: string;
  readonly line: string;
  readonly take: (line: string) => void;
}

/** What the word could become, as buttons. */
function Offered({ node, line, take }: OfferedProps) {
  const run = usePage((state) => state.run?.run);
  const isOpen = line.trim() !== '' && line.length < 200 && run !== undefined;
  const known = useAnswer('complete', isOpen ? { run, node, partial: line } : undefined);
  const words = isOpen ? (known ?? []).filter((word) => word.startsWith(line.split(/\s+/).at(-1) ?? '')) : [];
  if (words.length === 0) return null;
  return (
    <ul className={style.offered} aria-label="Completions">
      {words.slice(0, OFFERED).map((word) => (
        <li key={word}>
          <button
            type="button"
            className={style.offer}
            onClick={() => take(line + completionOf(line, [word]))}
          >
            {word}
          </button>
        </li>
      ))}
    </ul>
  );
}
