// `browse`: the browser of a host opens a URL, with its caches, and the page's text is printed.

import type { PageLoad } from '../../service/browser.js';
import { header } from '../../wire/http.js';
import { type Command, EXIT, wrongUsage } from './command.js';
import { knownHosts } from './host-names.js';
import { pageText } from './page-text.js';

/** A screenful of a page. */
const MAX_LINES = 24;
const MAX_COLUMNS = 200;

export const browseCommand: Command = {
  name: 'browse',
  usage: 'browse URL',
  help: 'open a page in the browser and print its text',
  run: (call) => {
    const [url, ...more] = call.args;
    if (url === undefined) return wrongUsage(call, 'browse: which URL?');
    if (more.length > 0) return wrongUsage(call, `browse: one URL at a time: '${more[0]}' is too much`);
    call.device.browser.open(url, (page) => {
      call.write(summary(page));
      call.done(page.error === undefined ? EXIT.ok : EXIT.failure);
    });
    return () => {};
  },
  complete: (station) => knownHosts(station).map((host) => `http://${host}/`),
};

function summary(page: PageLoad): string {
  const { response, error, url, fromCache } = page;
  if (response === undefined) return `browse: ${error ?? 'no answer'}\n`;
  const type = header(response, 'Content-Type') ?? 'no Content-Type';
  const origin = fromCache ? ', from the browser cache' : '';
  const { title, lines } = pageText(page.text, /html/i.test(type));
  let text = `${url}: ${response.status} ${response.reason}, ${response.body.length} bytes of ${type}${origin}\n`;
  if (title !== '') text += `\n  ${title}\n`;
  if (lines.length > 0) text += '\n';
  for (const line of lines.slice(0, MAX_LINES)) {
    text += line.length > MAX_COLUMNS ? `${line.slice(0, MAX_COLUMNS)}…\n` : `${line}\n`;
  }
  if (lines.length > MAX_LINES) text += `… ${lines.length - MAX_LINES} more lines\n`;
  return text;
}
