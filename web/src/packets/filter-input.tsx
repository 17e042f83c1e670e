// Where a display filter is typed: a plain field at first, the editor with proposals as soon as it is loaded.

import { useEffect, useImperativeHandle, useRef, useState } from 'react';
import type { FilterWords } from './filter-completion.js';
import type { FilterEditor } from './filter-editor.js';
import style from './filter-field.module.css';

export const FILTER_LABEL = 'Display filter';
const PLACEHOLDER = 'Filter: dns, or ip.addr == 192.0.2.1';

export interface FilterInputHandle {
  focus(): void;
}

interface FilterInputProps {
  readonly text: string;
  readonly words: FilterWords | undefined;
  /** Where it is wrong; undefined when it is not. */
  readonly wrongAt: number | undefined;
  /** An underline that was moved by typing is set anew by each verdict. */
  readonly verdict: unknown;
  readonly describedBy: string;
  readonly onChange: (text: string) => void;
  readonly onCommit: () => void;
  readonly ref: React.Ref<FilterInputHandle>;
}

export function FilterInput(props: FilterInputProps) {
  const { text, words, wrongAt, verdict, describedBy } = props;
  const place = useRef<HTMLDivElement>(null);
  const plain = useRef<HTMLInputElement>(null);
  const [editor, setEditor] = useState<FilterEditor>();
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    let made: FilterEditor | undefined;
    let isGone = false;
    void import('./filter-editor.js').then(({ createFilterEditor }) => {
      const parent = place.current;
      if (isGone || parent === null) return;
      const hadFocus = document.activeElement === plain.current;
      made = createFilterEditor({
        parent,
        text: latest.current.text,
        label: FILTER_LABEL,
        placeholder: PLACEHOLDER,
        describedBy,
        onChange: (next) => latest.current.onChange(next),
        onCommit: () => latest.current.onCommit(),
      });
      if (hadFocus) made.focus();
      setEditor(made);
    });
    return () => {
      isGone = true;
      made?.destroy();
      setEditor(undefined);
    };
  }, [describedBy]);

  useEffect(() => editor?.setText(text), [editor, text]);
  useEffect(() => {
    if (words !== undefined) editor?.setWords(words);
  }, [editor, words]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each verdict sets the mark anew
  useEffect(() => editor?.setWrong(wrongAt), [editor, wrongAt, verdict]);
  useImperativeHandle(props.ref, () => ({ focus: () => (editor ?? plain.current)?.focus() }), [editor]);

  return (
    <div className={style.editor} ref={place}>
      {editor === undefined ? (
        <input
          ref={plain}
          className={style.plain}
          aria-label={FILTER_LABEL}
          aria-describedby={describedBy}
          placeholder={PLACEHOLDER}
          autoCapitalize="off"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={({ target }) => props.onChange(target.value)}
          onBlur={props.onCommit}
          onKeyDown={({ key }) => {
            if (key === 'Enter') props.onCommit();
            if (key === 'Escape') props.onChange('');
          }}
        />
      ) : null}
    </div>
  );
}
