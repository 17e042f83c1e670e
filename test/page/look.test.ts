// How the page looks and whether everybody can use it, in Chromium: every view at three sizes in both themes, with axe as
// judge and pictures for people; large letters, targets, focus, motion.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithJudge } from '../judge.js';
import { Browser, SIZES, type Size, THEMES, type Theme, type Visitor } from './browser.js';
import { details, drawn, follow, outline, player, standsAt, view } from './person.js';

const MOMENT = 'lab=nat-http&step=2m';

/** What stands there once a view is complete at 2m of nat-http. */
const READY: Readonly<Record<string, (visitor: Visitor) => Promise<void>>> = {
  Network: ({ page }) => page.getByText('A DNS query goes from the home router to').waitFor(),
  Ladder: ({ page }) =>
    page.getByRole('tabpanel', { name: 'Ladder' }).getByText('62 frames').first().waitFor(),
  Packets: ({ page }) => page.getByRole('grid').getByRole('row', { name: /^9 / }).waitFor(),
  Step: (visitor) => details(visitor).getByRole('heading', { name: '2m The home router' }).waitFor(),
  Packet: (visitor) => details(visitor).getByRole('heading', { name: 'Frame 9 of 62' }).waitFor(),
  Tables: (visitor) => details(visitor).getByRole('table', { name: 'NAT table of router' }).waitFor(),
  Console: (visitor) =>
    details(visitor)
      .getByRole('textbox', { name: /^(Console of|Command on) router/ })
      .waitFor(),
};
/** Views that stand side by side on a wide screen: each of them once. */
const PAIRS = ['Network, Step', 'Ladder, Packet', 'Packets, Tables', 'Network, Console'] as const;

const panes = ({ page }: Visitor) => page.getByRole('navigation', { name: 'Panes' });

describeWithJudge('chromium', 'the look of the page', (program) => {
  const browser = new Browser();
  beforeAll(() => browser.open(program));
  afterAll(() => browser.close());

  /** Shows views, on a small screen the last of them. */
  async function show(visitor: Visitor, views: string): Promise<void> {
    for (const name of views.split(', ')) {
      await view(visitor, name);
      await READY[name]?.(visitor);
    }
  }

  /** What hangs over the edge, and what axe finds; a picture is kept. */
  async function judge(visitor: Visitor, name: string): Promise<string[]> {
    await visitor.page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    await visitor.picture(name);
    const overhang = await visitor.overhang();
    const wide = overhang > 0 ? [`${overhang} px wider than the screen`] : [];
    return [...wide, ...(await visitor.axe())].map((words) => `${name}: ${words}`);
  }

  const combinations = (Object.keys(SIZES) as Size[]).flatMap((size) =>
    THEMES.map((theme): [Size, Theme] => [size, theme]),
  );

  it.concurrent.each(combinations)(
    '%s, %s: every view',
    async (size, theme) => {
      const visitor = await browser.visit({ size, theme });
      const { page } = visitor;
      const found: string[] = [];
      const judged = async (name: string): Promise<void> => {
        found.push(...(await judge(visitor, `${name}-${size}-${theme}`)));
      };
      await page.getByRole('button', { name: 'Enter', disabled: false }).waitFor();
      await drawn(visitor, 'web').waitFor();
      await judged('first');
      found.push(...(await coveredDevices(visitor)));

      await follow(browser, visitor, MOMENT);
      // On a wide screen the walk stands beside everything else.
      if (size === 'phone') {
        await panes(visitor).getByRole('button', { name: 'Walk' }).click();
        await outline(visitor).getByRole('button', { name: /^2m / }).waitFor();
        await judged('walk');
      }
      for (const views of size === 'phone' ? Object.keys(READY) : PAIRS) {
        await show(visitor, views);
        await judged(views.toLowerCase().replaceAll(', ', '-'));
      }

      await page.getByRole('button', { name: 'Help and keys' }).click();
      const hash = page.getByRole('dialog').getByText(/trace hash [0-9a-f]/);
      await hash.waitFor();
      await judged('help');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: /^Lab: / }).click();
      await page.getByRole('menuitemradio').first().waitFor();
      await judged('labs');
      await visitor.leave();
      expect(found).toEqual([]);
    },
    120_000,
  );

  it.concurrent('the theme can be chosen, and is remembered', async () => {
    const visitor = await browser.visit({ theme: 'light' });
    const { page } = visitor;
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.getByRole('button', { name: /^Colours: as the system has it\. Change to light/ }).click();
    expect(await ground()).toBe(light);
    await page.getByRole('button', { name: /^Colours: light\. Change to dark/ }).click();
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.reload();
    await page.getByRole('button', { name: /^Colours: dark\. Change to as the system has it/ }).waitFor();
    expect(await ground()).toBe(dark);
    await visitor.leave();
  });

  describe('large letters', () => {
    it.concurrent('zoomed to 200 %, everything is there and in reach', async () => {
      const visitor = await browser.visit();
      // A window of 1440 × 900 at 200 %.
      await visitor.page.setViewportSize({ width: 720, height: 450 });
      await everythingInReach(visitor, 'zoom-200');
      await visitor.leave();
    });

    it.concurrent('zoomed to 400 %, the page scrolls down and never sideways', async () => {
      const visitor = await browser.visit();
      // A window of 1280 × 1024 at 400 %: WCAG 2.2 SC 1.4.10.
      await visitor.page.setViewportSize({ width: 320, height: 256 });
      await everythingInReach(visitor, 'zoom-400');
      await visitor.leave();
    });

    it.concurrent('with letters twice as large as usual', async () => {
      const large = new Browser(['--blink-settings=defaultFontSize=32']);
      try {
        await large.open(program);
        const visitor = await large.visit();
        const size = await visitor.page.evaluate(() => getComputedStyle(document.body).fontSize);
        expect(Number.parseFloat(size)).toBeGreaterThanOrEqual(28);
        await everythingInReach(visitor, 'letters-200', ['Network', 'Step'], large);
        await visitor.leave();
      } finally {
        await large.close();
      }
    });

    /** Walks through all panes: what a person needs is there, not cut off, and has room. */
    async function everythingInReach(
      visitor: Visitor,
      name: string,
      views = Object.keys(READY),
      at = browser,
    ): Promise<void> {
      await follow(at, visitor, MOMENT);
      const { page } = visitor;
      const ready = async (view_: string): Promise<void> => {
        expect(await visitor.overhang(), `${name}: ${view_}`).toBeLessThanOrEqual(0);
        expect(await cutOff(visitor), `${name}: ${view_}`).toEqual([]);
      };
      await panes(visitor).getByRole('button', { name: 'Walk' }).click();
      const step = outline(visitor).getByRole('button', { name: /^2m / });
      await step.scrollIntoViewIfNeeded();
      await step.click();
      await ready('Walk');
      await visitor.picture(`${name}-walk`);
      for (const one of views) {
        await show(visitor, one);
        await ready(one);
        const room = await page.getByRole('tabpanel', { name: one, exact: true }).boundingBox();
        expect(room?.height, `${name}: ${one} has room`).toBeGreaterThan(80);
        await visitor.picture(`${name}-${one.toLowerCase()}`);
      }
      for (const button of await player(visitor).getByRole('button').all()) {
        await button.scrollIntoViewIfNeeded();
        expect(await button.isVisible()).toBe(true);
      }
      await player(visitor).getByRole('button', { name: 'Step forward' }).click();
      await standsAt(visitor, '2n');
      await page.getByRole('button', { name: 'Help and keys' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    }
  });

  describe.each(['phone', 'laptop'] as const)('%s: targets and focus', (size) => {
    let visitor: Visitor;
    beforeAll(async () => {
      visitor = await browser.visit({ size, hash: MOMENT });
      await standsAt(visitor, '2m');
    });
    afterAll(() => visitor.leave());
    const all = size === 'phone' ? Object.keys(READY) : PAIRS;

    it.each(all)('%s: every target has 24 px or more', async (views) => {
      await show(visitor, views);
      expect(await smallTargets(visitor)).toEqual([]);
    });

    it.each(size === 'phone' ? ['Network', 'Packets', 'Step'] : PAIRS)(
      '%s: Tab goes through everything, in order, to see and by name, and out again',
      async (views) => {
        await show(visitor, views);
        const { stops, complaints } = await tabThrough(visitor);
        expect(complaints).toEqual([]);
        // Each once, and parts of the page one after the other.
        expect(stops.length).toBeGreaterThan(8);
        const parts = stops.map(({ part }) => part).filter((part, index, list) => part !== list[index - 1]);
        expect(parts).toEqual([...new Set(parts)]);
        expect(parts.slice(0, 2)).toEqual(
          size === 'phone' ? ['header', expect.stringMatching(/^(Run|Details)$/)] : ['header', 'Outline'],
        );
      },
    );
  });

  it.concurrent('the edges of the panes are moved by keys, by dragging, and by a click', async () => {
    const visitor = await browser.visit({ hash: MOMENT });
    await standsAt(visitor, '2m');
    const { page } = visitor;
    const edge = page.getByRole('separator', { name: 'Width of the details' });
    const width = async () => (await details(visitor).boundingBox())?.width ?? 0;
    const before = await width();
    await edge.focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await width()).toBeCloseTo(before + 48, 0);
    expect(Number(await edge.getAttribute('aria-valuenow'))).toBe(Math.round(((await width()) / 1440) * 100));
    // Its grip is at the lower end, and as wide as any other target.
    const grip = async (): Promise<{ x: number; y: number }> => {
      const { x, y, height } = (await edge.boundingBox()) ?? { x: 0, y: 0, height: 0 };
      return { x: x + 0.5, y: y + height - 28 };
    };
    const { x, y } = await grip();
    for (const aside of [-11.5, 0, 11.5]) {
      const hit = await page.evaluate(
        ([at, from]) => document.elementFromPoint(at as number, from as number)?.getAttribute('aria-label'),
        [x + aside, y],
      );
      expect(hit).toBe('Width of the details');
    }
    await page.mouse.move(x + 8, y);
    await page.mouse.down();
    await page.mouse.move(x - 60, y, { steps: 3 });
    await page.mouse.up();
    expect(await width()).toBeGreaterThan(before + 90);
    const click = async (): Promise<void> => {
      const now = await grip();
      await page.mouse.click(now.x + 8, now.y);
    };
    await click();
    expect(await width()).toBeCloseTo(0.38 * 1440, -1);
    await click();
    expect(await width()).toBeCloseTo(before, 0);
    await visitor.leave();
  });

  it.concurrent('with reduced motion nothing moves, whatever is pressed', async () => {
    const visitor = await browser.visit({ hash: MOMENT });
    await standsAt(visitor, '2m');
    const { page } = visitor;
    const moving = () =>
      page.evaluate(() =>
        document
          .getAnimations()
          .filter(({ effect }) => Number(effect?.getComputedTiming().duration) > 1)
          .map(({ effect }) => (effect as KeyframeEffect).target?.outerHTML.slice(0, 100)),
      );
    for (const key of ['ArrowRight', 'ArrowRight', 'Shift+ArrowRight', 'End', 'Home', '.']) {
      await page.keyboard.press(key);
      await page.evaluate(() => new Promise(requestAnimationFrame));
      expect(await moving()).toEqual([]);
    }
    await page.getByRole('button', { name: 'Larger' }).click();
    expect(await moving()).toEqual([]);
    await visitor.leave();
  });
});

/** Devices of the picture over whose middle something else lies. */
async function coveredDevices({ page }: Visitor): Promise<string[]> {
  const devices = page.getByRole('button', { name: /; open its tables$/ });
  return devices.evaluateAll((all) =>
    all.flatMap((device) => {
      const { left, top, width, height } = device.getBoundingClientRect();
      const hit = document.elementFromPoint(left + width / 2, top + height / 2);
      return device.contains(hit) ? [] : [`${device.getAttribute('aria-label')} is covered`];
    }),
  );
}

/** Words of controls and headlines that are cut off and do not say so: no … and no title. */
function cutOff({ page }: Visitor): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, h1, h2, h3, [role="tab"], label, p')].flatMap(
      (element) => {
        if (
          !element.checkVisibility() ||
          element.closest('.unseen, svg, [role="grid"], [role="treegrid"]') !== null
        )
          return [];
        const { overflowX, textOverflow } = getComputedStyle(element);
        const isCut = element.scrollWidth > element.clientWidth + 1 && overflowX !== 'visible';
        const said = textOverflow === 'ellipsis' || element.closest('[title]') !== null;
        return isCut && !said && overflowX !== 'auto' ? [element.innerText.slice(0, 60)] : [];
      },
    ),
  );
}

/** Targets with less than 24 px in a direction. */
function smallTargets({ page }: Visitor): Promise<string[]> {
  return page.evaluate(() => {
    const kinds =
      'button, a[href], input, select, textarea, summary, [role="button"], [role="tab"], [role="slider"]';
    return [...document.querySelectorAll<HTMLElement>(kinds)].flatMap((element) => {
      // What the terminal types into stands where its cursor is; the target is the terminal.
      const target =
        element.closest('label') ?? (element.matches('textarea') ? element.parentElement : element);
      const { width, height } = (target ?? element).getBoundingClientRect();
      if (!element.checkVisibility() || (width === 0 && height === 0)) return [];
      // A word in the middle of a sentence is as high as its line.
      const isInSentence = [...(element.parentElement?.childNodes ?? [])].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== '',
      );
      if (getComputedStyle(element).display.startsWith('inline') && isInSentence) return [];
      const name = element.getAttribute('aria-label') ?? element.textContent ?? '';
      return Math.min(width, height) < 23.9 ? [`${name.slice(0, 40)}: ${width} × ${height}`] : [];
    });
  });
}

interface TabStop {
  readonly name: string;
  /** Of the page: the header, or the name of a section. */
  readonly part: string;
}

/** Presses Tab from the top of the page until its end, and back from there. */
async function tabThrough({ page, context }: Visitor): Promise<{ stops: TabStop[]; complaints: string[] }> {
  const reader = await context.newCDPSession(page);
  const stops: TabStop[] = [];
  const complaints: string[] = [];
  const places: string[] = [];
  await page.evaluate(() => {
    (document.activeElement as HTMLElement | null)?.blur();
    getSelection()?.removeAllRanges();
    // Where the last click was is where Tab would go on.
    const { body } = document;
    body.tabIndex = -1;
    body.focus();
    body.removeAttribute('tabindex');
  });
  const complain = (words: string | undefined): void => {
    if (words !== undefined) complaints.push(words);
  };
  for (let presses = 0; presses < 120; presses++) {
    await page.keyboard.press('Tab');
    complain(await page.evaluate(lookBack));
    const seen = await page.evaluate(lookAtFocus);
    if (seen === undefined) break;
    const { result } = await reader.send('Runtime.evaluate', { expression: 'document.activeElement' });
    const { nodes } = await reader.send('Accessibility.getPartialAXTree', {
      objectId: result.objectId as string,
      fetchRelatives: false,
    });
    const name = String(nodes[0]?.name?.value ?? '').trim();
    if (name === '') complaints.push(`no name: ${seen.html}`);
    if (seen.hidden !== '') complaints.push(`${name} is hidden by ${seen.hidden}`);
    if (places.includes(seen.place)) {
      complaints.push(`${name} comes twice: there is no way out`);
      break;
    }
    places.push(seen.place);
    stops.push({ name, part: seen.part });
    // A terminal takes Tab for itself; it says so in its name.
    if (/Escape leaves it/.test(name)) {
      await page.keyboard.press('Escape');
      const after = await page.evaluate(lookAtFocus);
      if (after === undefined || after.place === seen.place)
        complaints.push(`${name}: Escape does not leave it`);
      await reader.detach();
      return { stops, complaints };
    }
  }
  // Back the same way.
  for (const place of places.slice(-4).toReversed()) {
    await page.keyboard.press('Shift+Tab');
    const seen = await page.evaluate(lookAtFocus);
    if (seen?.place !== place) complaints.push(`Shift+Tab does not come to ${place}`);
  }
  await reader.detach();
  return { stops, complaints };
}

/** What is kept in the page from one Tab to the next: how the focused part looked. */
interface Kept {
  lastFocus?: { html: string; look: string; again: () => string } | undefined;
}

/** Runs in the page: where the focus is, and whether it is to be seen. Undefined: it left the page. */
async function lookAtFocus() {
  await new Promise(requestAnimationFrame);
  const kept = globalThis as unknown as Kept;
  kept.lastFocus = undefined;
  const element = document.activeElement;
  if (element === null || element === document.body) return undefined;
  const around =
    element.closest('section:is([aria-label="Outline"], [aria-label="Run"], [aria-label="Details"]), nav') ??
    element.closest('[role="separator"], header');
  // What is drawn for it: a radio that is not seen has a label that is.
  const drawn = (element.closest('.unseen') === null ? undefined : element.closest('label')) ?? element;
  const { left, top, right, bottom } = drawn.getBoundingClientRect();
  const spots = [0.15, 0.5, 0.85].flatMap((x) =>
    [0.15, 0.5, 0.85].map((y) => [left + (right - left) * x, top + (bottom - top) * y] as const),
  );
  const hits = spots.map(([x, y]) => document.elementFromPoint(x, y));
  const isSeen = hits.some((hit) => hit !== null && (drawn.contains(hit) || hit.contains(drawn)));
  const parts: Element[] = [...drawn.querySelectorAll('*')].slice(0, 300);
  const outer: Element[] = [];
  for (let up: Element | null = drawn; up !== null && outer.length < 5; up = up.parentElement) outer.push(up);
  const styles = [
    ...[...parts, ...outer].map((part) => getComputedStyle(part)),
    // Or by something that lies over it.
    ...outer.map((part) => getComputedStyle(part, '::after')),
  ];
  const look = (): string =>
    styles
      .map(({ content, outline, boxShadow, border, background, stroke, opacity, textDecoration }) =>
        [content, outline, boxShadow, border, background, stroke, opacity, textDecoration].join(),
      )
      .join('\n');
  kept.lastFocus = { html: element.outerHTML.slice(0, 120), look: look(), again: look };
  const place = `${element.tagName} ${[...document.querySelectorAll('*')].indexOf(element)}`;
  return {
    html: element.outerHTML.slice(0, 120),
    place,
    part: around?.getAttribute('aria-label') ?? around?.tagName.toLowerCase() ?? 'elsewhere',
    hidden: isSeen ? '' : (hits[4]?.outerHTML.slice(0, 80) ?? 'the edge of the window'),
  };
}

/** Runs in the page after the focus went on: where it was looks as if it still were there? Then it was not shown. */
async function lookBack() {
  await new Promise(requestAnimationFrame);
  const { lastFocus } = globalThis as unknown as Kept;
  if (lastFocus === undefined || lastFocus.look !== lastFocus.again()) return undefined;
  return `does not show that it has the focus: ${lastFocus.html}`;
}
