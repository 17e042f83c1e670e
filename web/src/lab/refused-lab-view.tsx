// A lab file with mistakes: the file, each mistake marked where it stands, and a list of them. The lab that was open waits.

import type { EditorView } from '@codemirror/view';
import { useEffect, useRef, useState } from 'react';
import type { LabProblem } from 'wirewalk';
import { openLab } from '../state/actions.js';
import { ask } from '../state/engine-client.js';
import { page, update, usePage } from '../state/store.js';
import type { RefusedLab } from '../worker/protocol.js';
import { keepUnfinished } from './brought-labs.js';
import { FIRST_LAB } from './built-in-labs.js';
import { ProblemList } from './problem-list.js';
import style from './refused-lab-view.module.css';
import { saveText, yamlName } from './save-file.js';
import { markProblems, openEditor, showProblem } from './yaml-editor.js';

/** ms without typing before the text is read again. */
const PAUSE = 350;

export function RefusedLabView() {
  const refused = usePage((state) => state.refused);
  return refused === undefined ? null : <Mending refused={refused} />;
}

function Mending({ refused }: { readonly refused: RefusedLab }) {
  const { file } = refused;
  const old = usePage((state) => state.lab?.title);
  const busy = usePage((state) => state.busy !== undefined);
  const { place, editor, problems } = useEditor(refused);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const text = (): string => editor.current?.state.doc.toString() ?? refused.text;
  const back = (): void => {
    keepUnfinished(file, text());
    if (page().lab === undefined) void openLab({ kind: 'built-in', name: FIRST_LAB });
    else update({ refused: undefined });
  };
  return (
    <section className={style.refused} aria-labelledby="refused-title">
      <div className={style.head}>
        <h2 id="refused-title" ref={heading} tabIndex={-1} className={style.title}>
          <span className={style.file} title={file}>
            {file}
          </span>{' '}
          can not be opened yet
        </h2>
        <p role="status">
          {problems.length === 0 ? (
            <span className={style.fine}>No mistakes any more: try again, and the lab opens.</span>
          ) : (
            `${countWords(problems.length)} in the file. Mend it here and try again; your file on disk is not touched.`
          )}
        </p>
        <div className={style.buttons}>
          <button
            type="button"
            className={style.again}
            disabled={busy}
            onClick={() => tryAgain(file, text())}
          >
            Try again
          </button>
          <button type="button" className={style.button} onClick={back}>
            Back to {old === undefined ? FIRST_LAB : 'the lab that was open'}
          </button>
          <button
            type="button"
            className={style.button}
            onClick={() => saveText(yamlName(file), 'application/yaml', text())}
          >
            Save this text
          </button>
        </div>
      </div>
      <div className={style.list}>
        <ProblemList
          problems={problems}
          show={(problem, at) => {
            if (editor.current !== undefined) showProblem(editor.current, problem, at);
          }}
        />
      </div>
      <div className={style.text} ref={place} />
    </section>
  );
}

function tryAgain(file: string, text: string): void {
  void openLab({ kind: 'text', file, text });
}

function countWords(count: number): string {
  if (count === 1) return 'One mistake';
  // The reader gives up counting there.
  return count < 100 ? `${count} mistakes` : 'A hundred mistakes or more';
}

/** The editor with the file, read anew after every pause in typing. */
function useEditor(refused: RefusedLab) {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView>(undefined);
  const [problems, setProblems] = useState<readonly LabProblem[]>(refused.problems);
  const { file, text } = refused;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another text is put into the same editor below
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const view = openEditor(place.current as HTMLDivElement, {
      text,
      label: `Lab file ${file}`,
      changed: (now) => {
        clearTimeout(timer);
        timer = setTimeout(() => void check(now), PAUSE);
      },
      commit: () => tryAgain(file, view.state.doc.toString()),
    });
    const check = async (now: string): Promise<void> => {
      const answer = await ask('open', { kind: 'text', file, text: now }).catch(() => undefined);
      // Somebody typed on, or went away.
      if (answer === undefined || editor.current !== view || view.state.doc.toString() !== now) return;
      const found = 'problems' in answer ? answer.problems : [];
      markProblems(view, found);
      setProblems(found);
    };
    editor.current = view;
    return () => {
      clearTimeout(timer);
      editor.current = undefined;
      view.destroy();
    };
  }, [file]);

  useEffect(() => {
    const view = editor.current;
    if (view === undefined) return;
    const now = view.state.doc.toString();
    if (now !== refused.text) view.dispatch({ changes: { from: 0, to: now.length, insert: refused.text } });
    markProblems(view, refused.problems);
    setProblems(refused.problems);
  }, [refused]);

  return { place, editor, problems };
}
