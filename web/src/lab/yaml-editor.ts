// CodeMirror for lab files: YAML in the page's colours, to be read, or to be mended with the mistakes marked in place.

import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { foldGutter, foldKeymap, HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import {
  type Diagnostic,
  forEachDiagnostic,
  linter,
  lintGutter,
  nextDiagnostic,
  setDiagnostics,
} from '@codemirror/lint';
import { EditorState, type Extension, type Text } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { LabProblem } from 'wirewalk';

const colours = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: 'var(--accent)' },
  { tag: tags.comment, color: 'var(--ink-soft)', fontStyle: 'italic' },
  { tag: [tags.meta, tags.keyword, tags.labelName, tags.typeName], color: 'var(--deciding)' },
  { tag: [tags.string, tags.content, tags.attributeValue], color: 'var(--ink)' },
  { tag: [tags.punctuation, tags.separator, tags.bracket], color: 'var(--ink-soft)' },
]);

const look = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--surface)', color: 'var(--ink)', fontSize: 'var(--text-s)' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--accent)', padding: 'var(--gap-2) 0' },
  '.cm-cursor': { borderLeftColor: 'var(--accent)', borderLeftWidth: '2px' },
  '.cm-gutters': {
    backgroundColor: 'var(--sunken)',
    color: 'var(--ink-soft)',
    borderRight: '1px solid var(--line)',
  },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--hover) 55%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--hover)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 28%, transparent)',
  },
  '.cm-tooltip': {
    maxWidth: 'min(34rem, 90vw)',
    border: '1px solid var(--line-strong)',
    borderRadius: 'var(--radius-s)',
    backgroundColor: 'var(--raised)',
    color: 'var(--ink)',
    boxShadow: 'var(--shadow)',
    overflowWrap: 'anywhere',
  },
  '.cm-diagnostic': { padding: 'var(--gap-1) var(--gap-2)', whiteSpace: 'pre-wrap' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--error)' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    backgroundColor: 'var(--error-soft)',
    textDecoration: 'underline wavy var(--error)',
    textUnderlineOffset: '3px',
  },
});

const base: Extension = [
  yaml(),
  lineNumbers(),
  foldGutter(),
  drawSelection(),
  syntaxHighlighting(colours),
  EditorState.tabSize.of(2),
  indentUnit.of('  '),
  look,
];

/** A lab file to be looked at. */
export function openReader(parent: HTMLElement, text: string, label: string): EditorView {
  return new EditorView({
    parent,
    doc: text,
    extensions: [
      base,
      keymap.of([...defaultKeymap, ...foldKeymap]),
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      // Not editable, but to be reached: it scrolls.
      EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': label, 'aria-readonly': 'true' }),
    ],
  });
}

export interface EditorOptions {
  readonly text: string;
  readonly label: string;
  readonly changed: (text: string) => void;
  /** Ctrl-Enter */
  readonly commit: () => void;
}

/** A lab file to be mended. Tab moves the focus on as everywhere on the page. */
export function openEditor(parent: HTMLElement, { text, label, changed, commit }: EditorOptions): EditorView {
  return new EditorView({
    parent,
    doc: text,
    extensions: [
      base,
      history(),
      highlightActiveLine(),
      linter(null),
      lintGutter(),
      EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': label }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) changed(update.state.doc.toString());
      }),
      keymap.of([
        {
          key: 'Mod-Enter',
          run: () => {
            commit();
            return true;
          },
        },
        { key: 'F8', run: nextDiagnostic },
        ...defaultKeymap,
        ...historyKeymap,
        ...foldKeymap,
      ]),
    ],
  });
}

/** Marks the mistakes in the text. */
export function markProblems(view: EditorView, problems: readonly LabProblem[]): void {
  const { doc } = view.state;
  const marks: Diagnostic[] = problems.map((problem, place) => ({
    ...spanOf(doc, problem),
    severity: 'error',
    message: problem.mend === undefined ? problem.message : `${problem.message}\n${problem.mend}`,
    source: String(place),
  }));
  view.dispatch(setDiagnostics(view.state, marks));
}

/** Goes to a mistake, wherever it has moved while somebody typed. */
export function showProblem(view: EditorView, problem: LabProblem, place: number): void {
  let span = spanOf(view.state.doc, problem);
  forEachDiagnostic(view.state, ({ source }, from, to) => {
    if (source === String(place)) span = { from, to };
  });
  view.dispatch({
    selection: { anchor: span.from, head: span.to },
    effects: EditorView.scrollIntoView(span.from, { y: 'center' }),
  });
  view.focus();
}

function spanOf(doc: Text, problem: LabProblem): { from: number; to: number } {
  const line = doc.line(Math.max(1, Math.min(problem.line, doc.lines)));
  const from = Math.min(line.from + Math.max(0, problem.column - 1), line.to);
  return { from, to: Math.min(from + Math.max(1, problem.length), Math.max(line.to, from)) };
}
