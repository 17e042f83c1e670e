// A TypeScript file without its words: comments and the insides of strings, templates and regular expressions
// become spaces, so that a rule about code cannot fire in prose. Offsets and lines stay what they were.

const COMMENT = /^#!.*|\/\/.*|\/\*[\s\S]*?(?:\*\/|$)/y;
const STRING = /'(?:\\[\s\S]|[^'\\\n])*'?|"(?:\\[\s\S]|[^"\\\n])*"?/y;
const TEMPLATE = /[`}](?:\\[\s\S]|\$(?!\{)|[^`\\$])*(?:`|\$\{|$)/y; // from ` or } to ` or ${
const REGEX = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;

/** After this a `/` opens a regular expression; after anything else it divides. */
const BEFORE_REGEX = /(?:^|[^\w$)\]}'"`]|\b(?:return|typeof|case|in|of|void|yield|await))$/;

/** @param {string} text */
const blank = (text) => text.replace(/[^\n]/g, ' ');

/** @param {string} text */
export function codeOf(text) {
  let code = '';
  /** @type {number[]} */
  const open = []; // per `${` we are in: how many `{` are open since
  const match = (/** @type {RegExp} */ pattern) => {
    pattern.lastIndex = code.length;
    return pattern.exec(text)?.[0];
  };
  while (code.length < text.length) {
    const c = text[code.length];
    const last = open.length - 1;
    const comment = match(COMMENT);
    if (comment !== undefined) {
      code += blank(comment);
    } else if (c === "'" || c === '"' || (c === '/' && BEFORE_REGEX.test(code.trimEnd()))) {
      const literal = match(c === '/' ? REGEX : STRING) ?? c;
      code +=
        literal.length < 2 ? c : c + blank(literal.slice(1, -1)) + (c === '/' ? '/' : literal.slice(-1));
    } else if (c === '`' || (c === '}' && open[last] === 0)) {
      if (c === '}') open.pop();
      const chunk = match(TEMPLATE) ?? c;
      const end = chunk.endsWith('${') ? 2 : 1;
      if (end === 2) open.push(0);
      code += chunk.length <= end ? chunk : c + blank(chunk.slice(1, -end)) + chunk.slice(-end);
    } else {
      if (c === '{' && last >= 0) open[last]++;
      if (c === '}' && last >= 0) open[last]--;
      code += c;
    }
  }
  return code;
}
