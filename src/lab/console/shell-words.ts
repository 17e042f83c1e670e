// A command line as a small shell reads it: words between blanks, quotes hold a word together. One command per line.
// Reading list: POSIX.1-2024, Shell Command Language, §2.2 (quoting) and §2.3 (tokens).

/** What a shell would do something with that this one does not do. */
const OPERATORS: Readonly<Record<string, string>> = {
  '|': 'pipes are',
  '<': 'redirection is',
  '>': 'redirection is',
  ';': 'lists of commands are',
  '\n': 'lists of commands are',
  '&': 'background commands are',
  '(': 'subshells are',
  ')': 'subshells are',
  '`': 'command substitution is',
  $: 'variables are',
};

/** The words of a line, or in one sentence why it is none. A word that begins with `#` begins a comment. */
export function shellWords(text: string): { readonly words: string[] } | { readonly error: string } {
  const line = text.trim();
  const words: string[] = [];
  let word: string | undefined;
  for (let i = 0; i < line.length; i++) {
    const character = line[i] as string;
    if (character === "'") {
      const end = line.indexOf("'", i + 1);
      if (end < 0) return { error: "syntax error: the quote ' has no end" };
      word = (word ?? '') + line.slice(i + 1, end);
      i = end;
    } else if (character === '"') {
      const quoted = doubleQuoted(line, i + 1);
      if ('error' in quoted) return quoted;
      word = (word ?? '') + quoted.text;
      i = quoted.end;
    } else if (character === '\\') {
      i++;
      // A backslash at the end of a line joins it with the next one.
      if (line[i] !== '\n') word = (word ?? '') + (line[i] ?? '\\');
    } else if (character === ' ' || character === '\t' || character === '\r') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === '#' && word === undefined) {
      break;
    } else if (character in OPERATORS && (character !== '$' || isExpansion(line, i))) {
      return notSpoken(character);
    } else word = (word ?? '') + character;
  }
  if (word !== undefined) words.push(word);
  return { words };
}

/** The text between double quotes; `\` keeps its meaning before `$`, a backquote, `"`, `\` and a line end. */
function doubleQuoted(line: string, start: number): { text: string; end: number } | { error: string } {
  let text = '';
  for (let i = start; i < line.length; i++) {
    const character = line[i] as string;
    if (character === '"') return { text, end: i };
    if (character === '`' || (character === '$' && isExpansion(line, i))) return notSpoken(character);
    if (character === '\\' && '$`"\\\n'.includes(line[i + 1] ?? ' ')) {
      i++;
      if (line[i] !== '\n') text += line[i];
    } else text += character;
  }
  return { error: 'syntax error: the quote " has no end' };
}

function isExpansion(line: string, at: number): boolean {
  return /^[\w{(*@#?$!-]/.test(line.slice(at + 1, at + 2));
}

function notSpoken(character: string): { error: string } {
  const shown = character === '\n' ? 'a line end' : character;
  return {
    error: `${OPERATORS[character]} not spoken here: type one command, or put ${shown} between single quotes`,
  };
}
