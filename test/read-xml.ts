// Reading our pictures as a strict parser would: whatever is not well-formed is an error.

/** What a document is made of. */
export interface Read {
  readonly elements: string[];
  readonly texts: string[];
}

/** Reads XML as strictly as a browser does what may occur here: throws at whatever is not well-formed. */
export function readXml(xml: string): Read {
  const elements: string[] = [];
  const texts: string[] = [];
  const open: string[] = [];
  const token =
    /<([a-zA-Z]+)((?: [a-zA-Z:-]+="(?:[^<&"]|&(?:amp|lt|gt|quot|#39);)*")*)(\/?)>|<\/([a-zA-Z]+)>|((?:[^<&]|&(?:amp|lt|gt|quot|#39);)+)/uy;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what XML may not hold
  const forbidden = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Cs}]/u.exec(xml);
  if (forbidden !== null)
    throw new Error(`U+${forbidden[0].charCodeAt(0).toString(16)} at ${forbidden.index}`);
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const found = token.exec(xml);
    if (found === null) throw new Error(`no XML: ${xml.slice(at, at + 60)}`);
    const [, begun, attributes = '', empty, ended, text] = found;
    const names = [...attributes.matchAll(/ ([a-zA-Z:-]+)=/g)].map(([, name]) => name);
    if (new Set(names).size < names.length) throw new Error(`an attribute twice: ${found[0]}`);
    if (begun !== undefined) {
      elements.push(begun);
      if (empty === '') open.push(begun);
    } else if (ended !== undefined) {
      if (open.pop() !== ended) throw new Error(`</${ended}> closes nothing`);
    } else if (open.length > 0) texts.push(text as string);
  }
  if (open.length > 0) throw new Error(`<${open.join('> <')}> stay open`);
  return { elements, texts };
}
