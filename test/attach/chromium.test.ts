// Chromium as a visitor of a lab: it asks the lab's name server, loads a page with its picture, style and script from two
// of its web servers, and follows a link. What it shows is judged by the pixels of its screenshot.

import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Folder, outcomeOf, start } from '../cli.js';
import { judge } from '../judge.js';
import { readWithTshark } from '../tshark.js';
import { Chromium } from './chromium.js';
import { describeAttached, LiveLab } from './netns.js';
import { type Colour, tilesPng } from './png.js';
import { until } from './running.js';

/** No two are alike, so that a picture that is turned or torn is not mistaken for it. */
const TILES: readonly (readonly Colour[])[] = [
  ['#e4002b', '#ffb81c', '#009639'],
  ['#0057b8', '#7d3f98', '#101820'],
];
const TILE = 40;
/** Where the page has the picture. */
const [LEFT, TOP] = [50, 70] as const;
const GREEN = '#0a7d32';

const FIRST = `<!doctype html><title>Gallery</title><style>body { margin: 0; background: #fff }</style>
<h1>Straßenbilder</h1>
<img src="http://img.gallery.test/tiles.png" style="position: absolute; left: ${LEFT}px; top: ${TOP}px">
<a href="/second.html" style="position: absolute; left: 50px; top: 300px">further</a>`;
const SECOND = `<!doctype html><title>Second</title><link rel="stylesheet" href="/green.css"><p id="told"></p>
<script src="/tell.js"></script>`;

const LAB = `
name: gallery
topology:
  nodes:
    pc: { kind: host, interfaces: { eth0: { ip: 10.1.0.2/24 } }, gateway: 10.1.0.1, dns: [10.2.0.53] }
    home: { kind: router, interfaces: { lan: { ip: 10.1.0.1/24 }, net: { ip: 10.2.0.1/24 } } }
    switch: { kind: switch }
    names:
      kind: host
      interfaces: { eth0: { ip: 10.2.0.53/24 } }
      gateway: 10.2.0.1
      services:
        dns:
          zones:
            gallery.test:
              - "@ 60 SOA ns host 1 2 3 4 5"
              - "@ 60 NS ns"
              - "ns 60 A 10.2.0.53"
              - "www 60 A 10.2.0.80"
              - "img 60 CNAME store"
              - "store 60 A 10.2.0.81"
    web:
      kind: host
      interfaces: { eth0: { ip: 10.2.0.80/24 } }
      gateway: 10.2.0.1
      services:
        http:
          sites:
            www.gallery.test:
              /: { body: ${JSON.stringify(FIRST)} }
              /second.html: { body: ${JSON.stringify(SECOND)} }
              /green.css: { body: "body { background: ${GREEN} }" }
              /tell.js: { body: "document.querySelector('#told').textContent = 'told by a script'" }
    store:
      kind: host
      interfaces: { eth0: { ip: 10.2.0.81/24 } }
      gateway: 10.2.0.1
      services:
        http:
          sites:
            img.gallery.test:
              /tiles.png:
                base64: |
                  ${tilesPng(TILES, TILE)
                    .toString('base64')
                    .replace(/.{60}(?=.)/g, '$&\n                  ')}
  links:
    - { endpoints: ["pc:eth0", "home:lan"], delay: 2ms, rate: 100M }
    - { endpoints: ["home:net", "switch:1"], delay: 5ms }
    - { endpoints: ["names:eth0", "switch:2"] }
    - { endpoints: ["web:eth0", "switch:3"] }
    - { endpoints: ["store:eth0", "switch:4"] }
`;

describeAttached('Chromium visits a lab', ['chromium', 'curl', 'dig', 'tshark'], () => {
  const folder = new Folder();
  let lab: LiveLab;
  beforeAll(async () => {
    lab = await LiveLab.up(folder.write('gallery.yaml', LAB), '--attach', 'pc');
  });
  afterAll(async () => {
    await lab?.down();
    folder.remove();
  });

  it('sees the picture, follows a link, and asks for nothing but what the pages name', async () => {
    const file = folder.file('dns.pcapng');
    const capture = start([
      'capture',
      '--live',
      String(lab.pid),
      '-i',
      'pc:eth0',
      '--no-comments',
      '-w',
      file,
    ]);
    const captured = outcomeOf(capture);
    await new Promise<void>((resolve) => capture.stderr?.once('data', () => resolve()));
    const browser = await Chromium.open(lab.namespace('pc'), lab.home);
    try {
      await browser.goTo('http://www.gallery.test/');
      expect(await browser.evaluate('document.querySelector("h1").textContent')).toBe('Straßenbilder');
      const first = await browser.screenshot();
      expect([first.width, first.height]).toEqual([640, 480]);
      for (const [row, colours] of TILES.entries())
        for (const [column, colour] of colours.entries())
          for (const inside of [0, TILE - 1])
            expect(
              first.colourAt(LEFT + column * TILE + inside, TOP + row * TILE + inside),
              `tile ${column} of row ${row}`,
            ).toBe(colour);
      for (const [x, y] of [
        [LEFT - 1, TOP],
        [LEFT + 3 * TILE, TOP],
        [LEFT, TOP + 2 * TILE],
      ] as const)
        expect(first.colourAt(x, y)).toBe('#ffffff');
      await browser.follow('a');
      expect(await browser.evaluate('location.href + " " + document.body.innerText.trim()')).toBe(
        'http://www.gallery.test/second.html told by a script',
      );
      expect((await browser.screenshot()).colourAt(600, 400)).toBe(GREEN);
    } finally {
      await browser.close();
    }
    // The last of its processes goes a moment later.
    await until(
      () => execFileSync(judge('ip') as string, ['netns', 'pids', lab.namespace('pc')]).length === 0,
    );
    expect(readdirSync(lab.home).filter((name) => name.startsWith('chromium'))).toEqual([]);
    capture.kill('SIGINT');
    expect((await captured).code).toBe(0);
    const asked = await readWithTshark(judge('tshark') as string, file, [
      'dns.flags.response',
      'dns.qry.name',
      'dns.qry.type',
      'dns.flags.rcode',
      'dns.count.answers',
    ]);
    const [names, answers] = [new Set<string>(), new Set<string>()];
    for (const { 'dns.qry.name': name, 'dns.qry.type': type, ...rest } of asked) {
      if (name?.[0] === undefined || name[0] === '') continue;
      names.add(name[0]);
      if (rest['dns.flags.response']?.[0] === '1' || rest['dns.flags.response']?.[0] === 'True')
        answers.add(
          `${name[0]} ${type?.[0]} ${rest['dns.flags.rcode']?.[0]} ${rest['dns.count.answers']?.[0]}`,
        );
    }
    expect([...names].sort()).toEqual(['img.gallery.test', 'www.gallery.test']);
    // It asks for HTTPS records (type 65) too: there are none, and that is no mistake.
    for (const answer of ['www.gallery.test 1 0 1', 'www.gallery.test 65 0 0', 'img.gallery.test 1 0 2'])
      expect([...answers]).toContain(answer);
    for (const answer of answers) expect(answer).toMatch(/ (?:1|28|65) 0 [012]$/);
  });

  it('what there is not is said to be not there', async () => {
    const told = await lab.expect('pc', 'dig', '+tries=2', '-t', 'TYPE65', 'www.gallery.test');
    expect(told).toContain('status: NOERROR');
    expect(told).toMatch(/QUERY: 1, ANSWER: 0, AUTHORITY: 1/);
    const status = await lab.expect(
      ...(['pc', 'curl', '-sS', '-o', '/dev/null', '-w', '%{http_code} %{content_type}'] as const),
      'http://www.gallery.test/favicon.ico',
    );
    expect(status).toBe('404 text/html');
  });
});
