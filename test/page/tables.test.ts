// Tables in Chromium: what a step adds, refreshes, removes and decides by, and how rows grow old.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithJudge } from '../judge.js';
import { Browser, type Visitor } from './browser.js';
import {
  details,
  device,
  follow,
  PATIENCE,
  plainTables,
  readRow,
  readTables,
  standsAt,
  stepNow,
  view,
  walkTo,
} from './person.js';
import { stepOf, toldLab, toldTables } from './told.js';

/** Step of nat-http, what happens, table and a cell of the row; its columns, and what is said of it. */
type Case = readonly [
  step: string,
  what: string,
  table: string,
  cell: string,
  row: Readonly<Record<string, string>>,
  said: RegExp,
];

const CASES: readonly Case[] = [
  [
    '2d',
    'a row that is open: the MAC address is not known',
    'ARP cache eth0 of pc',
    '192.168.0.1',
    { mac: '????', state: 'incomplete' },
    /^\+ added; .*made in this step$/,
  ],
  [
    '2f',
    'the switch learns a port',
    'MAC address table of switch',
    'aa:aa:aa:aa:aa:aa',
    { port: 'p1' },
    /^\+ added; last seen just now; made in this step$/,
  ],
  [
    '2g',
    'the router learns who asks',
    'ARP cache lan of router',
    '192.168.0.10',
    { mac: 'aa:aa:aa:aa:aa:aa', state: 'reachable' },
    /^\+ added; confirmed just now; made in this step$/,
  ],
  [
    '2i',
    'the learned row decides',
    'MAC address table of switch',
    'aa:aa:aa:aa:aa:aa',
    { port: 'p1' },
    /^★ decides; the destination of the frame, learned earlier; last seen 21\.3 µs ago; made in 2f$/,
  ],
  [
    '2j',
    'the open row becomes a known one',
    'ARP cache eth0 of pc',
    '192.168.0.1',
    { mac: 'bb:bb:bb:bb:bb:bb', state: 'reachable' },
    /^~ changed; confirmed just now; made in this step$/,
  ],
  [
    '2l',
    'a frame refreshes the row of its sender',
    'MAC address table of switch',
    'aa:aa:aa:aa:aa:aa',
    { port: 'p1' },
    /^= refreshed; last seen just now; made in 2f$/,
  ],
  [
    '2m',
    'the translator makes a row and uses it',
    'NAT table of router',
    '192.168.0.10:3333',
    { protocol: 'UDP', remote: '8.8.8.8', external: '51.0.0.20:10000' },
    /^\+ added; ★ decides; the row of the inside endpoint 192\.168\.0\.10:3333; last used just now; /,
  ],
  [
    '2ab',
    'the answer goes back by the same row',
    'NAT table of router',
    '192.168.0.10:3333',
    { external: '51.0.0.20:10000' },
    /^= refreshed; ★ decides; the row of the outside endpoint 51\.0\.0\.20:10000; .*; made in 2m$/,
  ],
  [
    '2ad',
    'a socket is closed',
    'UDP sockets of pc',
    '192.168.0.10:3333',
    {},
    /^− removed; what it stood for has ended$/,
  ],
  [
    '3d',
    'a second conversation',
    'NAT table of router',
    '192.168.0.10:9999',
    { protocol: 'TCP', external: '51.0.0.20:15000', state: 'tcp-opening' },
    /^\+ added; ★ decides; the row of the inside endpoint 192\.168\.0\.10:9999; last used just now; /,
  ],
  [
    '3d',
    'the default route decides',
    'Routing table of router',
    '0.0.0.0/0',
    { gateway: '51.0.0.1', interface: 'wan' },
    /^★ decides; longest-prefix match: the only row that holds 93\.184\.216\.34$/,
  ],
  [
    '3d',
    'the first conversation grows old',
    'NAT table of router',
    '192.168.0.10:3333',
    { state: 'udp' },
    /^last used 43\.4 µs ago; made in 2m$/,
  ],
  [
    '3q',
    'a connection changes its state',
    'TCP connections of pc',
    '192.168.0.10:9999',
    { state: 'ESTABLISHED' },
    /^~ changed; ★ decides; the connection of these addresses and ports; /,
  ],
];

describeWithJudge('chromium', 'the tables of the page', (program) => {
  const browser = new Browser();
  let visitor: Visitor;
  beforeAll(async () => {
    await browser.open(program);
    visitor = await browser.visit();
  });
  afterAll(async () => {
    await visitor.leave();
    await browser.close();
  });

  describe('what a step does to rows', () => {
    const { steps } = toldLab('nat-http');
    beforeAll(() => follow(browser, visitor, 'lab=nat-http&step=2d&side=tables'));

    it.each(CASES)('%s: %s', async (step, _, table, cell, row, said) => {
      await walkTo(visitor, steps, step);
      await expect
        .poll(() => readRow(visitor, table, cell), PATIENCE)
        .toEqual(expect.objectContaining({ ...row, note: expect.stringMatching(said) }));
    });

    it('a row whose time is up is removed', async () => {
      await follow(browser, visitor, 'lab=campus&step=21a&side=tables');
      await expect
        .poll(() => readRow(visitor, 'NAT table of gate', '172.20.10.22 id 30431'), PATIENCE)
        .toMatchObject({ protocol: 'ICMP', remote: '192.0.2.200', note: '− removed; its time was up' });
    });

    it('what was removed is gone with the next step', async () => {
      await follow(browser, visitor, 'lab=nat-http&step=2ad&side=tables&node=pc');
      await expect
        .poll(() => readRow(visitor, 'UDP sockets of pc', '192.168.0.10:3333'), PATIENCE)
        .toBeDefined();
      await visitor.page.keyboard.press('ArrowRight');
      await expect.poll(() => readRow(visitor, 'DNS cache of pc', 'www.example.com'), PATIENCE).toBeDefined();
      expect(await readRow(visitor, 'UDP sockets of pc', '192.168.0.10:3333')).toBeUndefined();
    });

    it('the words of a change: what it was, what it becomes', async () => {
      await follow(browser, visitor, 'lab=nat-http&step=3q&side=tables');
      const cell = details(visitor).getByRole('cell', { name: /SYN-SENT becomes ESTABLISHED/ });
      await cell.waitFor();
      expect(await cell.getByRole('deletion').innerText()).toBe('SYN-SENT');
      expect(await cell.getByRole('insertion').innerText()).toBe('ESTABLISHED');
    });

    it('the deciding row is lit, and the added one has an edge, beside sign and word', async () => {
      await follow(browser, visitor, 'lab=nat-http&step=2i&side=tables');
      await details(visitor).getByText('made in this step').waitFor();
      const look = (name: RegExp) =>
        details(visitor)
          .getByRole('table', { name: 'MAC address table of switch' })
          .getByRole('rowgroup')
          .filter({ hasText: name })
          .evaluate((row) => [
            getComputedStyle(row).backgroundColor,
            getComputedStyle(row.querySelector('td') as Element).boxShadow,
          ]);
      const [decides, added] = await Promise.all([look(/★\s*decides/), look(/\+\s*added/)]);
      expect(decides[0]).not.toBe(added[0]);
      expect(added[1]).not.toBe('none');
    });
  });

  describe('longest-prefix match', () => {
    const route = (destination: string) => readRow(visitor, 'Routing table of gate', destination);

    it('the losing candidates say why they lost', async () => {
      await follow(browser, visitor, 'lab=campus&step=2ak&side=tables&node=gate');
      await expect
        .poll(() => route('172.20.0.0/16'), PATIENCE)
        .toMatchObject({
          gateway: '172.20.0.2',
          note: '★ decides; longest-prefix match: of 2 rows that hold 172.20.10.21, the longest prefix',
        });
      expect(await route('0.0.0.0/0')).toMatchObject({
        note: '✗ lost; holds 172.20.10.21 too, but /0 is shorter than /16',
      });
      expect(await route('172.20.0.0/30')).toMatchObject({ note: '✗ lost; does not hold 172.20.10.21' });
      // The same contest as the step tells it.
      await view(visitor, 'Step');
      const losers = details(visitor).getByRole('list', { name: 'Rows that lost' });
      await losers.waitFor();
      expect((await losers.innerText()).replaceAll(/\s+/g, ' ')).toContain('too, but /0 is shorter than /16');
    });

    it('any address can be looked up', async () => {
      await follow(browser, visitor, 'lab=campus&step=2ak&side=tables&node=gate');
      const field = details(visitor).getByRole('textbox', { name: 'Look up an address' });
      const verdict = () => details(visitor).getByRole('status').first().innerText();
      await field.fill('172.20.0.2');
      await expect
        .poll(verdict, PATIENCE)
        .toBe('172.20.0.0/30 wins: straight to it on the link, by interface inside.');
      expect((await route('172.20.0.0/30'))?.note).toContain('★ decides; of 3 rows that hold 172.20.0.2');
      expect((await route('172.20.0.0/16'))?.note).toContain(
        '✗ lost; holds 172.20.0.2 too, but /16 is shorter',
      );
      await field.fill('9.9.9.9');
      await expect.poll(verdict, PATIENCE).toContain('0.0.0.0/0 wins: to the next hop 198.51.100.129');
      await field.fill('9.9.9');
      await expect.poll(verdict, PATIENCE).toBe('Not an IPv4 address yet.');
      await field.press('Escape');
      expect(await field.inputValue()).toBe('');
      await expect.poll(async () => (await route('172.20.0.0/16'))?.note, PATIENCE).toContain('172.20.10.21');
    });
  });

  it('the TTL of a DNS row counts down with the clock of the run', async () => {
    const rowAt = async (step: string): Promise<string | undefined> => {
      await follow(browser, visitor, `lab=campus&step=${step}&side=tables&node=alice`);
      await expect
        .poll(() => readRow(visitor, 'DNS cache of alice', 'shelf.example.net'), PATIENCE)
        .toMatchObject({ type: 'A', data: '192.0.2.200' });
      return (await readRow(visitor, 'DNS cache of alice', 'shelf.example.net'))?.['ttl left'];
    };
    // Cached at 32 ms of simulated time, looked at then, at 2 s and at 65 s.
    expect(await rowAt('2ao')).toBe('300 s');
    expect(await rowAt('12b')).toBe('299 s');
    expect(await rowAt('21a')).toBe('236 s');
  });

  it('all devices at once: those that Node folds, and a way to the one where the step happens', async () => {
    await follow(browser, visitor, 'lab=nat-http&step=2n&side=tables');
    await device(visitor, 'All devices');
    await details(visitor).getByRole('heading', { name: 'Tables of all devices' }).waitFor();
    // Devices follow below each other; only those that are in view are there.
    const expected = toldTables(toldLab('nat-http'), stepOf(toldLab('nat-http'), '2n').lastSeq);
    const seen = new Map<string, unknown>();
    await details(visitor)
      .getByRole('heading', { level: 3, name: /The computer/ })
      .waitFor();
    await details(visitor)
      .getByRole('heading', { level: 3, name: /The computer/ })
      .hover();
    for (let turn = 0; turn < 40 && seen.size < expected.length; turn++) {
      for (const table of plainTables(await readTables(visitor))) seen.set(table.caption, table);
      await visitor.page.mouse.wheel(0, 300);
      await visitor.page.waitForTimeout(40);
    }
    expect([...seen.values()].toSorted(byCaption)).toEqual(expected.toSorted(byCaption));
    await details(visitor).getByRole('button', { name: "the provider's router", exact: true }).click();
    const router = details(visitor).getByRole('region', { name: 'Tables of isp' });
    await expect.poll(async () => (await router.boundingBox())?.y ?? 0, PATIENCE).toBeLessThan(500);
    await router.getByRole('button', { name: "The provider's router" }).click();
    await details(visitor)
      .getByRole('heading', { level: 2, name: "Tables of the provider's router" })
      .waitFor();
  });

  it('a row leads to the step that made it', async () => {
    await follow(browser, visitor, 'lab=nat-http&step=3o&side=tables');
    await details(visitor).getByRole('button', { name: 'made in 3d: go there' }).click();
    await standsAt(visitor, '3d');
    await expect
      .poll(async () => (await readRow(visitor, 'NAT table of router', '192.168.0.10:9999'))?.note, PATIENCE)
      .toContain('+ added');
    await details(visitor).getByRole('button', { name: 'made in 2m: go there' }).click();
    await standsAt(visitor, '2m');
  });

  it('the step opens the row that decided, and the row that changed', async () => {
    await follow(browser, visitor, 'lab=nat-http&step=3d');
    const open = details(visitor).getByRole('button', { name: /^Open the table: NAT table/ });
    await open.first().click();
    expect(await visitor.page.getByRole('tab', { name: 'Tables' }).getAttribute('aria-selected')).toBe(
      'true',
    );
    const table = details(visitor).getByRole('table', { name: 'NAT table of router' });
    await table.waitFor();
    await expect
      .poll(
        () =>
          table.evaluate((element) => {
            const { top, bottom } = element.getBoundingClientRect();
            const pane = element.closest('[role="tabpanel"]')?.getBoundingClientRect();
            return pane !== undefined && top >= pane.top && bottom <= pane.bottom;
          }),
        PATIENCE,
      )
      .toBe(true);
    expect(await stepNow(visitor)).toBe('3d');
  });

  it('a device that holds no rows yet says so', async () => {
    await follow(browser, visitor, 'lab=nat-http&step=1a&side=tables&node=switch');
    await expect
      .poll(() => details(visitor).innerText(), PATIENCE)
      .toMatch(/No table of this device has held a row yet|No rows at this moment/);
  });
});

function byCaption(a: unknown, b: unknown): number {
  const [one, other] = [a, b] as [{ caption: string }, { caption: string }];
  return one.caption < other.caption ? -1 : 1;
}
