// Text within XML: what comes from a lab is text and nothing else.

import { harmless } from '../base/text.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text of XML: marks are escaped, characters that no XML may hold are shown or replaced. */
export function escaped(text: string): string {
  return harmless(text.replace(/[\n\t]/g, ' '))
    .replace(/[&<>"']/g, (mark) => ENTITIES[mark])
    .replace(/[\p{Cs}\ufffe\uffff]/gu, '\ufffd');
}
