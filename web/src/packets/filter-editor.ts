// The editor of the display filter: one line of CodeMirror with proposals and an underline where something is wrong.

import {
  autocompletion,
  type Completion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionStatus,
  startCompletion,
} from '@codemirror/autocomplete';
import { history, historyKeymap, standardKeymap } from '@codemirror/commands';
import {
  EditorSelection,
  EditorState,
  type Extension,
  Prec,
  StateEffect,
  StateField,
  type TransactionSpec,
} from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  EditorView,
  keymap,
  placeholder,
  type Rect,
  WidgetType,
} from '@codemirror/view';
import { completeFilter, type FilterWords } from './filter-completion.js';
import { tokenAt } from './filter-position.js';
import { filterTheme } from './filter-theme.js';

export interface FilterEditor {
  setText(text: string): void;
  setWords(words: FilterWords): void;
  /** Underlines what stands at a place; nothing when undefined. */
  setWrong(position: number | undefined): void;
  focus(): void;
  destroy(): void;
}

export interface FilterEditorOptions {
  readonly parent: HTMLElement;
  readonly text: string;
  readonly label: string;
  readonly placeholder: string;
  /** id of the element that says what came of the filter. */
  readonly describedBy: string;
  readonly onChange: (text: string) => void;
  /** Enter, or the focus leaves. */
  readonly onCommit: () => void;
}

export function createFilterEditor(options: FilterEditorOptions): FilterEditor {
  let words: FilterWords | undefined;
  const clear = (view: EditorView): boolean => {
    if (view.state.doc.length === 0) return false;
    view.dispatch(wholeText(view.state, ''));
    return true;
  };
  const commit = (view: EditorView): boolean => {
    // Whoever is done wants to see the frames below the proposals.
    closeCompletion(view);
    options.onCommit();
    return true;
  };
  const view = new EditorView({
    parent: options.parent,
    state: EditorState.create({
      doc: oneLine(options.text),
      extensions: [
        ONE_LINE,
        WRONG,
        history(),
        closeBrackets(),
        autocompletion({
          override: [(context) => (words === undefined ? null : completeFilter(words, context))],
          icons: false,
          // Enter tries the filter as it stands; who wants a proposal goes down to it.
          selectOnOpen: false,
          activateOnCompletion: ({ apply }) => apply !== undefined,
          optionClass: ({ type }: Completion) => (type === undefined ? '' : `filter-of-${type}`),
          maxRenderedOptions: 60,
          positionInfo: infoPlace,
        }),
        Prec.high(
          keymap.of([
            { key: 'Enter', run: commit },
            { key: 'Escape', run: clear },
            { key: 'ArrowDown', run: startCompletion },
          ]),
        ),
        keymap.of([...closeBracketsKeymap, ...historyKeymap, ...standardKeymap]),
        // Given as an element, so that it is not said again as an attribute that a combobox can not have.
        placeholder(() => spanOf(options.placeholder)),
        EditorView.contentAttributes.of((current) => ({
          'aria-label': options.label,
          role: 'combobox',
          'aria-expanded': String(completionStatus(current.state) === 'active'),
          'aria-haspopup': 'listbox',
          'aria-describedby': options.describedBy,
          autocapitalize: 'off',
          tabindex: '0',
          enterkeyhint: 'search',
          ...(current.state.field(WRONG).size > 0 ? { 'aria-invalid': 'true' } : {}),
        })),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) options.onChange(state.doc.toString());
        }),
        EditorView.domEventHandlers({ blur: () => options.onCommit() }),
        filterTheme,
      ],
    }),
  });
  // What has proposals is a combobox, and a combobox has one line: CodeMirror knows of textboxes only.
  view.contentDOM.removeAttribute('aria-multiline');
  return {
    setText: (text) => {
      if (view.state.doc.toString() !== text) view.dispatch(wholeText(view.state, text));
    },
    setWords: (next) => {
      words = next;
    },
    setWrong: (position) => {
      if (position !== undefined || view.state.field(WRONG).size > 0)
        view.dispatch({ effects: setWrong.of(position) });
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

/** Least room beside the proposals for what is said about one of them, in px. */
const INFO_ROOM = 240;

/** Beside the proposals where there is room, otherwise below them. */
function infoPlace(_view: EditorView, list: Rect, option: Rect, info: Rect, space: Rect) {
  const right = space.right - list.right;
  const left = list.left - space.left;
  if (Math.max(left, right) < INFO_ROOM) {
    return { style: `top: ${list.bottom - list.top}px; left: 0; width: ${list.right - list.left}px` };
  }
  const lowest = space.bottom - (info.bottom - info.top);
  const top = Math.max(space.top, Math.min(option.top, lowest)) - list.top;
  return right >= INFO_ROOM
    ? { style: `top: ${top}px; max-width: ${Math.min(right, 360)}px`, class: 'cm-completionInfo-right' }
    : { style: `top: ${top}px; max-width: ${Math.min(left, 360)}px`, class: 'cm-completionInfo-left' };
}

function spanOf(text: string): HTMLElement {
  const span = document.createElement('span');
  span.textContent = text;
  return span;
}

function wholeText(state: EditorState, text: string): TransactionSpec {
  const insert = oneLine(text);
  return {
    changes: { from: 0, to: state.doc.length, insert },
    selection: EditorSelection.cursor(insert.length),
  };
}

/** What is pasted may have several lines. */
const ONE_LINE: Extension = EditorState.transactionFilter.of((transaction) => {
  if (!transaction.docChanged || transaction.newDoc.lines === 1) return transaction;
  return wholeText(transaction.startState, transaction.newDoc.toString());
});

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ');
}

const setWrong = StateEffect.define<number | undefined>();

const UNDERLINE = Decoration.mark({ class: 'filter-wrong' });

/** Where the text ends too early there is nothing to underline but the place behind it. */
class EndMark extends WidgetType {
  override toDOM(): HTMLElement {
    const mark = document.createElement('span');
    mark.className = 'filter-wrong filter-wrong-end';
    mark.setAttribute('aria-hidden', 'true');
    return mark;
  }
}

const AT_END = Decoration.widget({ widget: new EndMark(), side: 1 });

const WRONG = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setWrong)) next = underlined(transaction.state.doc.toString(), effect.value);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function underlined(text: string, position: number | undefined): DecorationSet {
  if (position === undefined) return Decoration.none;
  const { from, to } = tokenAt(text, Math.min(position, text.length));
  return Decoration.set(from < to ? UNDERLINE.range(from, to) : AT_END.range(text.length));
}
