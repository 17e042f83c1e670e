// The terminal itself: xterm.js on the page, showing the console of one node.

import '@xterm/xterm/css/xterm.css';
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import { type RefObject, useEffect, useRef } from 'react';
import { ask } from '../state/engine-client.js';
import { page } from '../state/store.js';
import { putOwnWidths } from './cell-width-provider.js';
import { clearShown, runLine, sessionOf } from './console-sessions.js';
import { TerminalPrompt } from './terminal-prompt.js';
import { onThemeChange, themeAt } from './terminal-theme.js';
import style from './terminal-view.module.css';

/** Lines that can be scrolled back to. */
const SCROLLBACK = 5000;

/** ms in which the width has to stay the same: somebody may be dragging. */
const RESIZE_PAUSE = 80;

interface TerminalViewProps {
  readonly node: string;
  /** `pc$ ` */
  readonly prompt: string;
  readonly greeting: string;
  readonly screenReader: boolean;
  /** Holds the prompt that is typed at, for buttons that type. */
  readonly typing: RefObject<((text: string) => void) | undefined>;
  /** Somebody wants to get out by keyboard. */
  readonly leave: () => void;
}

export function TerminalView({ node, prompt, greeting, screenReader, typing, leave }: TerminalViewProps) {
  const place = useRef<HTMLDivElement>(null);
  const held = useRef<Terminal>(undefined);
  const current = useRef<TerminalPrompt>(undefined);
  const out = useRef(leave);
  out.current = leave;

  useEffect(() => {
    const element = place.current as HTMLDivElement;
    const { terminal, end } = openTerminal(element);
    held.current = terminal;
    terminal.onData((data) => current.current?.receive(data));
    let resized: ReturnType<typeof setTimeout>;
    terminal.onResize(() => {
      clearTimeout(resized);
      resized = setTimeout(() => current.current?.resized(), RESIZE_PAUSE);
    });
    terminal.attachCustomKeyEventHandler((event) => {
      if (event.type !== 'keydown') return true;
      if (event.key === 'Escape' && !event.isComposing) {
        event.preventDefault();
        out.current();
        return false;
      }
      // Tab moves on as everywhere, unless there is a word to complete.
      if (event.key === 'Tab') return !event.shiftKey && current.current?.completes === true;
      const isCommand = event.ctrlKey && !event.altKey && !event.metaKey;
      const key = event.key.toLowerCase();
      if (isCommand && key === 'c' && terminal.hasSelection()) return false;
      if (isCommand && key === 'v') return false;
      return true;
    });
    return () => {
      held.current = undefined;
      clearTimeout(resized);
      end();
    };
  }, []);

  useEffect(() => {
    const terminal = held.current as Terminal;
    terminal.textarea?.setAttribute('aria-label', `Console of ${node}. Escape leaves it.`);
    const made = new TerminalPrompt(terminal, {
      prompt,
      greeting,
      session: () => sessionOf(node),
      run: (line) => runLine(node, line),
      complete: (partial) => candidates(node, partial),
      clear: () => clearShown(node),
    });
    current.current = made;
    typing.current = (text) => {
      made.type(text);
      terminal.focus();
    };
    return () => {
      typing.current = undefined;
      current.current = undefined;
      made.end();
    };
  }, [node, prompt, greeting, typing]);

  useEffect(() => {
    if (held.current !== undefined) held.current.options.screenReaderMode = screenReader;
  }, [screenReader]);

  return <div className={style.terminal} ref={place} />;
}

async function candidates(node: string, partial: string): Promise<readonly string[]> {
  const { run } = page();
  if (run === undefined) return [];
  try {
    return await ask('complete', { run: run.run, node, partial });
  } catch {
    // The run was released meanwhile.
    return [];
  }
}

/** Opens a terminal in the page's type and colours that follows the size of its place. */
function openTerminal(element: HTMLElement): { readonly terminal: Terminal; readonly end: () => void } {
  const { fontFamily } = getComputedStyle(element);
  const terminal = new Terminal({
    // For the widths of characters.
    allowProposedApi: true,
    fontFamily,
    fontSize: typeSize(element),
    lineHeight: 1.25,
    scrollback: SCROLLBACK,
    theme: themeAt(element),
    minimumContrastRatio: 4.5,
    cursorBlink: false,
    cursorStyle: 'block',
    cursorInactiveStyle: 'outline',
    macOptionIsMeta: true,
    rightClickSelectsWord: false,
  });
  putOwnWidths(terminal);
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(element);
  fit.fit();
  let frame = 0;
  const sizes = new ResizeObserver(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      if (element.clientWidth === 0 || element.clientHeight === 0) return;
      terminal.options.fontSize = typeSize(element);
      fit.fit();
    });
  });
  sizes.observe(element);
  const themes = onThemeChange(() => {
    terminal.options.theme = themeAt(element);
  });
  return {
    terminal,
    end: () => {
      cancelAnimationFrame(frame);
      sizes.disconnect();
      themes();
      terminal.dispose();
    },
  };
}

/** In px; follows the width of the pane and what somebody has set in the browser. */
function typeSize(element: Element): number {
  return Number.parseFloat(getComputedStyle(element).fontSize);
}
