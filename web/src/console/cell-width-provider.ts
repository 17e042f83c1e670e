// Tells the terminal how wide characters are, in the same words as the line editor.

import type { IUnicodeVersionProvider, Terminal } from '@xterm/xterm';
import { cellWidth } from './cell-width.js';

const VERSION = 'wirewalk';

/** How the terminal packs what it knows of a character: width in bits 1 and 2, "joins the one before" in bit 0. */
const provider: IUnicodeVersionProvider = {
  version: VERSION,
  wcwidth: cellWidth,
  charProperties(code, before) {
    const own = cellWidth(code);
    const widthBefore = (before >> 1) & 3;
    const joins = own === 0 && before !== 0 && widthBefore !== 0;
    return ((joins ? widthBefore : own) << 1) | (joins ? 1 : 0);
  },
};

export function putOwnWidths(terminal: Terminal): void {
  terminal.unicode.register(provider);
  terminal.unicode.activeVersion = VERSION;
}
