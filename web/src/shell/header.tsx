// The top of the page: name, address bar with Enter, labs, what can be taken away, theme and help.

import { type FormEvent, useState } from 'react';
import { LabPicker } from '../lab/lab-picker.js';
import { TakeAwayMenu } from '../lab/take-away-menu.js';
import { enter } from '../state/actions.js';
import { update, usePage } from '../state/store.js';
import style from './header.module.css';
import { applyTheme, storedTheme, THEMES, type Theme } from './theme.js';

export function Header() {
  return (
    <header className={style.header}>
      <h1 className={style.name}>
        <Mark />
        <span>wirewalk</span>
      </h1>
      <AddressBar />
      <div className={style.tools}>
        <LabPicker />
        <TakeAwayMenu />
        <ThemeButton />
        <button
          type="button"
          className={style.tool}
          aria-label="Help and keys"
          title="Help and keys (?)"
          onClick={() => update({ helpOpen: true })}
        >
          ?
        </button>
      </div>
    </header>
  );
}

function AddressBar() {
  const url = usePage((state) => state.url);
  const host = usePage((state) => state.lab?.url ?? '');
  const ready = usePage(
    ({ lab, busy, refused }) => lab !== undefined && busy === undefined && refused === undefined,
  );
  const busy = usePage((state) => state.busy);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void enter();
  };
  return (
    <form className={style.bar} onSubmit={submit} aria-label="Address bar of the simulated computer">
      <label className="unseen" htmlFor="address">
        URL to open on the simulated computer
      </label>
      <input
        id="address"
        className={style.address}
        type="text"
        inputMode="url"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        placeholder={host === '' ? 'http://…' : host}
        value={url}
        maxLength={2000}
        onChange={(event) => update({ url: event.target.value })}
      />
      <button type="submit" className={style.enter} disabled={!ready}>
        Enter <span aria-hidden="true">⏎</span>
      </button>
      {busy === undefined ? null : <span className={style.busy} role="progressbar" aria-label={busy} />}
    </form>
  );
}

const THEME_WORDS: Readonly<Record<Theme, { readonly sign: string; readonly word: string }>> = {
  system: { sign: '◐', word: 'as the system has it' },
  light: { sign: '☀', word: 'light' },
  dark: { sign: '☾', word: 'dark' },
};

function ThemeButton() {
  const [theme, setTheme] = useState(storedTheme);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] as Theme;
  const { sign, word } = THEME_WORDS[theme];
  return (
    <button
      type="button"
      className={style.tool}
      aria-label={`Colours: ${word}. Change to ${THEME_WORDS[next].word}`}
      title={`Colours: ${word}`}
      onClick={() => {
        applyTheme(next);
        setTheme(next);
      }}
    >
      {sign}
    </button>
  );
}

/** Two computers and the wave between them. */
function Mark() {
  return (
    <svg className={style.mark} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M6 19c3 0 3-7 6.500-7s3.500 9 7 9 3-8 6.500-8" />
      <circle cx="6" cy="19" r="2.200" />
      <circle cx="26" cy="13" r="2.200" />
    </svg>
  );
}
