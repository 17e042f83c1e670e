// What may stand at a place of a display filter: a field, an operator, a value, or a word that joins two parts.
// Reading list: wireshark-filter(4).

export type FilterPlace =
  | { readonly kind: 'field' | 'join' }
  /** Behind a field: how it is compared, or joined as it is. */
  | { readonly kind: 'operator' | 'value'; readonly field: string }
  /** In a quoted text, or where nothing sensible can be proposed. */
  | { readonly kind: 'nothing' };

/** A word, a quoted text (that may lack its end), or a sign. */
const TOKEN =
  /\s+|r?"(?:[^"\\]|\\.)*("?)|[A-Za-z0-9_:/-]+(?:\.(?!\.)[A-Za-z0-9_:/-]*)*|[=!<>]=?=?|&&|\|\||\.\.|./gs;

const JOINTS: ReadonlySet<string> = new Set(['&&', '||', 'and', 'or']);
const RELATIONS: ReadonlySet<string> = new Set(
  '== != === !== > < >= <= ~ eq ne gt lt ge le contains matches in any_eq all_eq any_ne all_ne'.split(' '),
);

/** What may stand behind `text`, which ends where the word that is being typed begins. */
export function placeBehind(text: string): FilterPlace {
  let place: FilterPlace = { kind: 'field' };
  let field = '';
  let isSet = false;
  let isSlice = false;
  for (const [token, quote] of text.matchAll(TOKEN)) {
    if (token.trim() === '') continue;
    if (quote === '') return { kind: 'nothing' };
    if (isSlice) {
      isSlice = token !== ']';
      continue;
    }
    if (isSet) {
      isSet = token !== '}';
      place = isSet ? { kind: 'value', field } : { kind: 'join' };
      continue;
    }
    switch (place.kind) {
      case 'field':
        if (token === '!' || token === '(' || token === 'not') break;
        field = token;
        place = { kind: 'operator', field };
        break;
      case 'operator':
        if (JOINTS.has(token)) place = { kind: 'field' };
        else if (RELATIONS.has(token)) place = { kind: 'value', field };
        else if (token === '[') isSlice = true;
        else place = { kind: 'join' };
        break;
      case 'value':
        isSet = token === '{';
        if (!isSet) place = { kind: 'join' };
        break;
      default:
        if (JOINTS.has(token)) place = { kind: 'field' };
    }
  }
  return isSlice ? { kind: 'nothing' } : place;
}

/** The token that begins at or around `position`: what an underline goes under. Empty at the end of the text. */
export function tokenAt(text: string, position: number): { readonly from: number; readonly to: number } {
  for (const match of text.matchAll(TOKEN)) {
    const to = match.index + match[0].length;
    if (to > position && match[0].trim() !== '') return { from: Math.max(position, match.index), to };
  }
  return { from: text.length, to: text.length };
}
