// The picture of the network in Chromium: frames that move along their cables, devices that open their tables, and the
// same as tables and sentences.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithJudge } from '../judge.js';
import { Browser, type Visitor } from './browser.js';
import {
  details,
  drawn,
  follow,
  linkTo,
  outline,
  PATIENCE,
  readRow,
  standsAt,
  stepNow,
  walkTo,
} from './person.js';
import { LOSSY, toldLab, toldText } from './told.js';

interface Spot {
  readonly x: number;
  readonly y: number;
}

const picture = ({ page }: Visitor) => page.getByRole('group', { name: /^The network: / });
const network = ({ page }: Visitor) => page.getByRole('tabpanel', { name: 'Network' });
const selected = ({ page }: Visitor) => page.getByRole('tab', { selected: true }).allInnerTexts();
const asTable = (visitor: Visitor) => network(visitor).getByRole('button', { name: /^As (a )?table$/ });

describeWithJudge('chromium', 'the picture of the network', (program) => {
  const browser = new Browser();
  const { steps } = toldLab('nat-http');
  beforeAll(() => browser.open(program));
  afterAll(() => browser.close());

  describe('frames', () => {
    it('a step forward moves its frame along the cable, from end to end; a step back moves nothing', async () => {
      const visitor = await browser.visit({ reducedMotion: false });
      await follow(browser, visitor, 'lab=nat-http&step=2l');
      await expect
        .poll(() => network(visitor).innerText(), PATIENCE)
        .toContain('A DNS query goes from the switch to');
      const [from, to] = await Promise.all([middleOf(visitor, 'router'), middleOf(visitor, 'isp')]);
      const watched = await watchMotion(visitor, 'router', 'isp');
      await visitor.page.keyboard.press('ArrowRight');
      await standsAt(visitor, '2m');
      const { spots, aside } = await watched();
      expect(spots.length).toBeGreaterThan(2);
      const [first, last] = [spots[0] as Spot, spots.at(-1) as Spot];
      expect(distance(first, from)).toBeLessThan(distance(first, to));
      expect(distance(last, to)).toBeLessThan(distance(last, from));
      // Always on its cable, and always further from where it began.
      expect(aside).toBeLessThan(3);
      const way = spots.reduce((sum, spot, index) => sum + distance(spot, spots[index - 1] ?? spot), 0);
      expect(way).toBeGreaterThan(distance(from, to) * 0.5);
      // Then it rests, and nothing moves any more.
      await expect.poll(() => movingFrames(visitor), PATIENCE).toBe(0);

      const back = await watchMotion(visitor, 'router', 'isp');
      await visitor.page.keyboard.press('ArrowLeft');
      await standsAt(visitor, '2l');
      expect((await back()).spots).toEqual([]);
      await visitor.leave();
    });

    it('with reduced motion it stands there at once', async () => {
      const visitor = await browser.visit();
      await follow(browser, visitor, 'lab=nat-http&step=2l');
      const watched = await watchMotion(visitor, 'router', 'isp');
      await visitor.page.keyboard.press('ArrowRight');
      await standsAt(visitor, '2m');
      expect((await watched()).spots).toEqual([]);
      await expect.poll(() => network(visitor).innerText(), PATIENCE).toContain('DNS query');
      await network(visitor).getByText('A DNS query goes from the home router to the provider').waitFor();
      await visitor.leave();
    });

    it('what is lost is shown as lost: picture, sentence, table, outline, step and packet list', async () => {
      const told = toldText(LOSSY);
      const lost = told.steps.find(({ drop }) => drop?.reason === 'link-fault');
      expect(lost?.id).toBe('2l');
      const visitor = await browser.visit({ hash: `${linkTo('lossy.yaml', LOSSY)}&step=2k` });
      const { page } = visitor;
      await standsAt(visitor, '2k');
      await network(visitor)
        .getByText('A DNS query from the computer to the switch is lost on the way.')
        .waitFor();
      await visitor.picture('lost-frame-laptop-light');
      // A cross half way, which nothing covers.
      const cross = await network(visitor)
        .locator('svg [class*="crossGround"]')
        .evaluate((circle) => {
          const { left, top, width, height } = circle.getBoundingClientRect();
          const spots = [0.3, 0.5, 0.7].flatMap((x) =>
            [0.3, 0.5, 0.7].map((y) => [left + x * width, top + y * height]),
          );
          return spots.filter(([x, y]) =>
            circle.parentElement?.contains(document.elementFromPoint(x as number, y as number)),
          ).length;
        });
      expect(cross).toBeGreaterThanOrEqual(7);
      await asTable(visitor).click();
      await network(visitor).getByRole('cell', { name: 'DNS query to the switch, lost' }).waitFor();
      const row = outline(visitor).getByRole('button', { name: /^2l / });
      expect((await row.innerText()).replaceAll(/\s+/g, ' ')).toMatch(/✕ failed/);
      await row.click();
      await details(visitor)
        .getByRole('heading', { name: /Dropped here/ })
        .waitFor();
      expect(await details(visitor).innerText()).toContain(lost?.drop?.mend);
      await page.getByRole('tab', { name: 'Packets' }).click();
      await page
        .getByRole('grid', { name: 'Frames' })
        .getByRole('row', { name: /\blost\b/i })
        .first()
        .waitFor();
      await visitor.leave();
    });
  });

  describe('devices', () => {
    let visitor: Visitor;
    beforeAll(async () => {
      visitor = await browser.visit();
    });
    afterAll(() => visitor.leave());

    it('a click opens the tables of a device; the note opens the row that decided', async () => {
      await follow(browser, visitor, 'lab=nat-http&step=2m');
      await drawn(visitor, 'switch').click();
      expect(await selected(visitor)).toContain('Tables');
      await details(visitor).getByRole('heading', { name: 'Tables of the switch' }).waitFor();
      await network(visitor)
        .getByRole('button', { name: /^NAT table the row of the inside endpoint/ })
        .click();
      await details(visitor).getByRole('heading', { name: 'Tables of the home router' }).waitFor();
      await expect
        .poll(() => readRow(visitor, 'NAT table of router', '192.168.0.10:3333'), PATIENCE)
        .toBeDefined();
      // In view, and set off.
      const row = details(visitor)
        .getByRole('table', { name: 'NAT table of router' })
        .getByRole('rowgroup')
        .filter({ hasText: '192.168.0.10:3333' });
      await expect
        .poll(
          () =>
            row.evaluate((element) => {
              const pane = element.closest('[role="tabpanel"]')?.getBoundingClientRect();
              const { top, bottom } = element.getBoundingClientRect();
              const { outlineStyle } = getComputedStyle(element);
              return (
                outlineStyle !== 'none' && pane !== undefined && top >= pane.top && bottom <= pane.bottom
              );
            }),
          PATIENCE,
        )
        .toBe(true);
      // The device of the step opens at that row, too; another one has none that is touched.
      await drawn(visitor, 'pc').click();
      await details(visitor).getByRole('heading', { name: 'Tables of the computer' }).waitFor();
      await drawn(visitor, 'router').click();
      await details(visitor).getByRole('heading', { name: 'Tables of the home router' }).waitFor();
      await expect
        .poll(() => row.evaluate((element) => getComputedStyle(element).outlineStyle), PATIENCE)
        .not.toBe('none');
      expect(await stepNow(visitor)).toBe('2m');
    });

    it('by keyboard: one stop for all of them, arrows to the neighbour, Enter opens tables, then the console', async () => {
      await follow(browser, visitor, 'lab=nat-http&step=2m');
      const { keyboard } = visitor.page;
      await picture(visitor).focus();
      await keyboard.press('Tab');
      await expectFocus(visitor, 'pc');
      await keyboard.press('ArrowDown');
      await expectFocus(visitor, 'laptop');
      await keyboard.press('ArrowRight');
      await expectFocus(visitor, 'switch');
      await keyboard.press('ArrowRight');
      await expectFocus(visitor, 'router');
      // The arrows chose devices; the walk stands where it stood.
      expect(await stepNow(visitor)).toBe('2m');
      await keyboard.press('Enter');
      await details(visitor).getByRole('heading', { name: 'Tables of the home router' }).waitFor();
      await expectFocus(visitor, 'router');
      const consoleOf = network(visitor).getByRole('button', { name: /^router: Console/ });
      await consoleOf.waitFor();
      for (let stops = 0; stops < 6; stops++) {
        await keyboard.press('Tab');
        if (await consoleOf.evaluate((button) => button === document.activeElement)) break;
      }
      await keyboard.press('Enter');
      await expect.poll(() => selected(visitor), PATIENCE).toContain('Console');
      expect(await details(visitor).getByLabel('Device', { exact: true }).inputValue()).toBe(
        String(toldLab('nat-http').trace.world.nodes.findIndex(({ name }) => name === 'router')),
      );
    });

    it('the step stands at its device', async () => {
      await follow(browser, visitor, 'lab=nat-http&step=2m');
      for (const [step, device] of [
        ['2n', 'isp'],
        ['2u', 'dns'],
        ['2ac', 'switch'],
      ] as const) {
        await walkTo(visitor, steps, step);
        const current = picture(visitor).locator('[aria-current="step"]');
        await expect
          .poll(() => current.getAttribute('aria-label'), PATIENCE)
          .toMatch(new RegExp(`^${device}, `));
      }
    });
  });

  describe('moving about', () => {
    let visitor: Visitor;
    let start: Spot & { readonly width: number };
    const box = async (): Promise<Spot & { readonly width: number }> =>
      (await drawn(visitor, 'switch').boundingBox()) ?? { x: 0, y: 0, width: 0 };
    const tools = () => visitor.page.getByRole('group', { name: 'Size of the picture' });
    const button = (name: string) => tools().getByRole('button', { name });
    const isAsAtFirst = () =>
      expect
        .poll(async () => {
          const { x, y, width } = await box();
          return Math.hypot(x - start.x, y - start.y, width - start.width) < 1;
        }, PATIENCE)
        .toBe(true);
    beforeAll(async () => {
      visitor = await browser.visit({ hash: 'lab=nat-http&step=1a' });
      await standsAt(visitor, '1a');
      await drawn(visitor, 'switch').waitFor();
      start = await box();
    });
    afterAll(() => visitor.leave());

    it('buttons make it larger and smaller, and show all of it again', async () => {
      await button('Larger').click();
      await expect.poll(async () => (await box()).width, PATIENCE).toBeGreaterThan(start.width * 1.15);
      await button('Smaller').click();
      await button('Smaller').click();
      await expect.poll(async () => (await box()).width, PATIENCE).toBeLessThan(start.width * 0.9);
      await button('Show all').click();
      await isAsAtFirst();
    });

    it('the wheel enlarges what the pointer is at, dragging moves it', async () => {
      const { mouse } = visitor.page;
      const at = { x: start.x + 10, y: start.y + 10 };
      await mouse.move(at.x, at.y);
      await mouse.wheel(0, -300);
      await expect.poll(async () => (await box()).width, PATIENCE).toBeGreaterThan(start.width * 1.3);
      // What was below the pointer is still there.
      const larger = await box();
      expect(Math.abs(larger.x - start.x)).toBeLessThan(30);
      const place = await picture(visitor).boundingBox();
      const [x, y] = [(place?.x ?? 0) + 30, (place?.y ?? 0) + (place?.height ?? 0) / 2];
      await mouse.move(x, y);
      await mouse.down();
      await mouse.move(x + 120, y + 40, { steps: 5 });
      await mouse.up();
      const moved = await box();
      expect([Math.round(moved.x - larger.x), Math.round(moved.y - larger.y)]).toEqual([120, 40]);
      // No click on what was below: nothing was chosen.
      expect(await selected(visitor)).toEqual(['Network', 'Step']);
      await button('Show all').click();
      await isAsAtFirst();
    });

    it('keys do the same, while the picture has the focus', async () => {
      const { keyboard } = visitor.page;
      await picture(visitor).focus();
      await keyboard.press('+');
      await expect.poll(async () => (await box()).width, PATIENCE).toBeGreaterThan(start.width * 1.15);
      const { x } = await box();
      await keyboard.press('ArrowRight');
      await expect.poll(async () => (await box()).x, PATIENCE).toBeLessThan(x - 40);
      expect(await stepNow(visitor)).toBe('1a');
      await keyboard.press('-');
      await keyboard.press('0');
      await isAsAtFirst();
    });

    it('two fingers on a phone enlarge it', async () => {
      const phone = await browser.visit({ size: 'phone', hash: 'lab=nat-http&step=1a&view=network' });
      await phone.page
        .getByRole('navigation', { name: 'Panes' })
        .getByRole('button', { name: 'Network' })
        .click();
      await drawn(phone, 'isp').waitFor();
      const width = async () => (await drawn(phone, 'isp').boundingBox())?.width ?? 0;
      const before = await width();
      const { x, y } = await middleOf(phone, 'isp');
      const finger = await phone.context.newCDPSession(phone.page);
      const pinch = (type: 'touchStart' | 'touchMove' | 'touchEnd', apart: number) =>
        finger.send('Input.dispatchTouchEvent', {
          type,
          touchPoints: type === 'touchEnd' ? [] : [-1, 1].map((way, id) => ({ x: x + way * apart, y, id })),
        });
      await pinch('touchStart', 15);
      for (const apart of [20, 26, 32, 40]) await pinch('touchMove', apart);
      await pinch('touchEnd', 0);
      await expect.poll(width, PATIENCE).toBeGreaterThan(before * 1.5);
      // The picture, not the page.
      expect(await phone.page.evaluate(() => visualViewport?.scale)).toBe(1);
      await phone.leave();
    });
  });

  it('the same as tables: devices, cables and what goes on', async () => {
    const visitor = await browser.visit();
    await follow(browser, visitor, 'lab=nat-http&step=2f');
    await network(visitor).getByText('Copies of an ARP request go from the switch to').waitFor();
    await asTable(visitor).click();
    const { world } = toldLab('nat-http').trace;
    const devices = visitor.page.getByRole('table', { name: '9 devices' });
    const cables = visitor.page.getByRole('table', { name: '8 cables' });
    await devices.waitFor();
    expect(await devices.getByRole('rowheader').count()).toBe(world.nodes.length);
    expect(await cables.getByRole('rowheader').count()).toBe(world.links.length);
    expect(
      (await devices.getByRole('row', { name: /^switch/ }).innerText()).replaceAll(/\s+/g, ' '),
    ).toContain('2f ARP request');
    for (const end of ['router', 'laptop', 'printer'])
      expect(
        await cables.getByRole('row', { name: new RegExp(`^(switch.*${end}|${end}.*switch)`) }).innerText(),
      ).toContain('ARP request to');
    await devices.getByRole('button', { name: 'laptop', exact: true }).click();
    await details(visitor).getByRole('heading', { name: 'Tables of the laptop' }).waitFor();
    await devices.getByRole('button', { name: 'Console of laptop' }).click();
    expect(await selected(visitor)).toContain('Console');
    await asTable(visitor).click();
    await drawn(visitor, 'laptop').waitFor();
    await visitor.leave();
  });
});

function distance(a: Spot, b: Spot): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

async function middleOf(visitor: Visitor, name: string): Promise<Spot> {
  const box = await drawn(visitor, name).boundingBox();
  if (box === null) throw new Error(`${name} is not drawn`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

async function expectFocus(visitor: Visitor, name: string): Promise<void> {
  await expect
    .poll(() => visitor.page.locator(':focus').getAttribute('aria-label'), PATIENCE)
    .toMatch(new RegExp(`^${name}, `));
}

/** Where the moving frame is seen, and how far from its cable it strays, in px, within the next second. */
async function watchMotion(
  { page }: Visitor,
  one: string,
  other: string,
): Promise<() => Promise<{ spots: Spot[]; aside: number }>> {
  await page.evaluate(
    ([a, b]) => {
      const title = [...document.querySelectorAll('svg g > title')].find(
        ({ textContent }) =>
          [`${a} `, ` ${b} `].every((name) => ` ${textContent}`.includes(name)) &&
          textContent?.includes(' – '),
      );
      const cable = title?.parentElement?.querySelector('path:last-of-type') as SVGPathElement;
      const spots: { x: number; y: number }[] = [];
      let aside = 0;
      const until = performance.now() + 1000;
      const look = (): void => {
        for (const { effect } of document.getAnimations()) {
          const { target } = effect as KeyframeEffect;
          const moves = (effect as KeyframeEffect).getKeyframes().some((frame) => 'transform' in frame);
          if (!(target instanceof SVGElement) || !moves) continue;
          const { left, top, width, height } = target.getBoundingClientRect();
          const spot = { x: left + width / 2, y: top + height / 2 };
          const toScreen = cable.getScreenCTM() as DOMMatrix;
          let least = Number.POSITIVE_INFINITY;
          for (let at = 0; at <= 200; at++) {
            const point = cable
              .getPointAtLength((cable.getTotalLength() * at) / 200)
              .matrixTransform(toScreen);
            least = Math.min(least, Math.hypot(point.x - spot.x, point.y - spot.y));
          }
          aside = Math.max(aside, least);
          spots.push(spot);
        }
        if (performance.now() < until) requestAnimationFrame(look);
        else Object.assign(globalThis, { motionSeen: { spots, aside } });
      };
      Object.assign(globalThis, { motionSeen: undefined });
      requestAnimationFrame(look);
    },
    [one, other] as const,
  );
  return async () => {
    type Seen = { spots: Spot[]; aside: number };
    const seen = await page.waitForFunction(
      () => (globalThis as unknown as { motionSeen?: Seen }).motionSeen,
    );
    return (await seen.jsonValue()) as Seen;
  };
}

function movingFrames({ page }: Visitor): Promise<number> {
  return page.evaluate(
    () =>
      document.getAnimations().filter(({ effect }) => (effect as KeyframeEffect).target instanceof SVGElement)
        .length,
  );
}
