// The first screen and the walk in Chromium, as a person takes it: Enter, forward and back, by buttons and by keys.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatDuration } from '../../src/base/time.js';
import { renderWalk } from '../../src/view/text.js';
import { wirewalk } from '../cli.js';
import { describeWithJudge } from '../judge.js';
import { Browser, type Visitor } from './browser.js';
import {
  address,
  details,
  device,
  drawn,
  follow,
  outline,
  PATIENCE,
  plainTables,
  player,
  readOutline,
  readTables,
  search,
  standsAt,
  stepNow,
  timeline,
  view,
} from './person.js';
import { LABS, stepOf, toldLab, toldTables } from './told.js';

const URL = 'http://www.example.com/';

describeWithJudge('chromium', 'the walk on the page', (program) => {
  const browser = new Browser();
  beforeAll(() => browser.open(program));
  afterAll(() => browser.close());

  describe('the first screen', () => {
    it('stands at once: address bar, network, Enter and labs, and nothing to click away', async ({
      annotate,
    }) => {
      const visitor = await browser.visit();
      const { page } = visitor;
      const enter = page.getByRole('button', { name: 'Enter', disabled: false });
      await enter.waitFor();
      await drawn(visitor, 'pc').waitFor();
      // Since the browser began to load the page.
      const took = await page.evaluate(() => performance.now());
      await annotate(`the first screen stood after ${Math.round(took)} ms`);
      expect(took).toBeLessThan(5000);
      expect(await address(visitor).inputValue()).toBe(URL);
      expect(await page.getByRole('button', { name: /; open its tables$/ }).count()).toBe(9);
      expect(await page.getByRole('button', { name: /^Lab: / }).isVisible()).toBe(true);
      expect(await page.getByRole('dialog').count()).toBe(0);
      // Whoever clicks where Enter is hits it.
      const box = await enter.boundingBox();
      const hit = await page.evaluate(
        ({ x, y }) => document.elementFromPoint(x, y)?.closest('button')?.textContent,
        { x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + (box?.height ?? 0) / 2 },
      );
      expect(hit).toMatch(/^Enter/);
      await visitor.leave();
    });

    it('Enter brings the first step at once', async ({ annotate }) => {
      const visitor = await browser.visit();
      const { page } = visitor;
      await page.getByRole('button', { name: 'Enter', disabled: false }).waitFor();
      const before = Date.now();
      await page.keyboard.press('a');
      await page.keyboard.press('Enter');
      await details(visitor).getByRole('heading', { name: '1a The computer' }).waitFor();
      const took = Date.now() - before;
      await annotate(`the first step stood ${took} ms after Enter`);
      expect(took).toBeLessThan(5000);
      const { steps } = toldLab('nat-http');
      expect(await details(visitor).innerText()).toContain(steps[0]?.sentence);
      await expect.poll(() => currentStep(visitor)).toContain(steps[0]?.headline);
      await visitor.leave();
    });

    it('opens another lab from the list beside it', async () => {
      const visitor = await browser.visit();
      const { page } = visitor;
      await page.getByRole('button', { name: /^Lab: / }).click();
      const labs = page.getByRole('group', { name: 'Labs', exact: true }).getByRole('menuitemradio');
      const names = await labs.allInnerTexts();
      for (const lab of LABS) expect(names.join('\n')).toContain(lab);
      await labs.filter({ hasText: 'three-routers' }).click();
      await drawn(visitor, 'A').waitFor();
      expect(await address(visitor).inputValue()).toBe('http://www.google.com/');
      await visitor.enter();
      expect(await stepNow(visitor)).toBe('1a');
      expect(await outline(visitor).getByRole('heading', { level: 2 }).innerText()).toContain(
        'three-routers',
      );
      await visitor.leave();
    });

    it('opens whatever URL is typed', async () => {
      const visitor = await browser.visit();
      const { page } = visitor;
      await page.getByRole('button', { name: 'Enter', disabled: false }).waitFor();
      await address(visitor).fill('http://www.example.com/no-such-page');
      await page.keyboard.press('Enter');
      await standsAt(visitor, '1a');
      expect((await readOutline(visitor)).join('\n')).toContain('404');
      await visitor.leave();
    });
  });

  describe('the words of the walk', () => {
    it.each(LABS)('%s: the outline says what the terminal says', async (name) => {
      const visitor = await browser.visit();
      await follow(browser, visitor, `lab=${name}&step=1a`);
      const rows = await readOutline(visitor);
      const { walk } = toldLab(name);
      const expected = walk.phases.flatMap(({ number, title, steps, outcome }) => [
        `${number} ${title} ${steps.length} ${steps.length === 1 ? 'step' : 'steps'}`,
        ...steps.map(
          ({ id, nodeLabel, layer, headline }) => `${id} ${nodeLabel}, ${layer} layer ${headline}`,
        ),
        ...(outcome === undefined ? [] : [`${outcome.ok ? '⇒' : '✕ failed:'} ${outcome.sentence}`]),
      ]);
      expect(rows.slice(1)).toEqual(expected.map((row) => row.replaceAll(/\s+/g, ' ')));
      for (const sentence of walk.summary) expect(rows[0]).toContain(sentence);

      // … and that is what the program prints.
      const { stdout } = await wirewalk(['run', name, '--brief', '--width', '400']);
      const printed = [...stdout.matchAll(/^ *(\d+[a-z]+) +(\S+) +(.+)$/gm)].map(([, id, , words]) => [
        id,
        words,
      ]);
      expect(printed).toEqual(
        walk.phases.flatMap(({ steps }) => steps.map(({ id, headline }) => [id, headline])),
      );
      await visitor.leave();
    });

    it('the DNS exchange of nat-http is explained in the sentences of the terminal', async () => {
      const visitor = await browser.visit();
      const { page } = visitor;
      await follow(browser, visitor, 'lab=nat-http&step=1c');
      const { walk, trace } = toldLab('nat-http');
      const printed = renderWalk(walk, trace, { width: 100_000 });
      const steps = walk.phases[1]?.steps ?? [];
      expect(steps.length).toBeGreaterThan(20);
      for (const { id, sentence } of steps) {
        await page.keyboard.press('ArrowRight');
        const heading = details(visitor).getByRole('heading', { level: 2, name: new RegExp(`^${id} `) });
        await heading.waitFor();
        expect(await details(visitor).innerText()).toContain(sentence);
        expect(printed).toContain(sentence);
      }
      await visitor.leave();
    });

    it('a live region tells the step once somebody stays there', async () => {
      const visitor = await browser.visit();
      const { page } = visitor;
      await follow(browser, visitor, 'lab=nat-http&step=2d');
      const told = () => page.getByRole('status').allInnerTexts();
      const { sentence } = stepOf(toldLab('nat-http'), '2d');
      await expect.poll(told, PATIENCE).toContain(`Step 2d. ${sentence}`);
      await page.keyboard.press('ArrowRight');
      const next = stepOf(toldLab('nat-http'), '2e');
      await expect.poll(told, PATIENCE).toContain(`Step 2e. ${next.sentence}`);
      await visitor.leave();
    });
  });

  describe('forward and back', () => {
    let visitor: Visitor;
    beforeAll(async () => {
      visitor = await browser.visit();
    });
    afterAll(() => visitor.leave());

    it('by the buttons of the player', async () => {
      await follow(browser, visitor, 'lab=nat-http&step=1a');
      const press = (name: string) => player(visitor).getByRole('button', { name, exact: true }).click();
      for (const [button, step] of [
        ['Step forward', '1b'],
        ['Step forward', '1c'],
        ['Step forward', '2a'],
        ['Step back', '1c'],
        ['Last step', '5s'],
        ['Step back', '5r'],
        ['First step', '1a'],
      ] as const) {
        await press(button);
        await standsAt(visitor, step);
        await expect.poll(() => currentStep(visitor)).toMatch(new RegExp(`^${step} `));
      }
      const back = player(visitor).getByRole('button', { name: 'Step back' });
      expect(await back.getAttribute('aria-disabled')).toBe('true');
    });

    it('by keys', async () => {
      await follow(browser, visitor, 'lab=nat-http&step=1a');
      const { frames, steps } = toldLab('nat-http');
      for (const [key, step] of [
        ['ArrowRight', '1b'],
        ['ArrowLeft', '1a'],
        ['ArrowLeft', '1a'],
        ['Shift+ArrowRight', '2a'],
        ['Shift+ArrowRight', '3a'],
        ['ArrowRight', '3b'],
        ['Shift+ArrowLeft', '3a'],
        ['Shift+ArrowLeft', '2a'],
        ['End', '5s'],
        ['ArrowRight', '5s'],
        ['Home', '1a'],
        ['.', '2e'],
        ['.', '2f'],
        ['.', '2f'],
        ['.', '2f'],
        ['.', '2g'],
        [',', '2f'],
        [',', '2f'],
        [',', '2f'],
        [',', '2e'],
      ] as const) {
        await visitor.page.keyboard.press(key);
        await standsAt(visitor, step);
      }
      // The first frame is sent in 2e: the moment is its sending, not the end of the step.
      const sent = frames.seq[0];
      expect(steps.find(({ events }) => events.includes(sent as number))?.id).toBe('2e');
      await expect
        .poll(() => visitor.page.evaluate(() => location.hash), PATIENCE)
        .toMatch(
          sent === stepOf(toldLab('nat-http'), '2e').lastSeq ? /step=2e/ : new RegExp(`event=${sent}\\b`),
        );
    });

    it('by the steps of the outline, and by arrows from one to the next', async () => {
      await follow(browser, visitor, 'lab=nat-http&step=2a');
      await outline(visitor).getByRole('button', { name: /^2d / }).click();
      await standsAt(visitor, '2d');
      await visitor.page.keyboard.press('ArrowDown');
      await visitor.page.keyboard.press('ArrowDown');
      await standsAt(visitor, '2f');
      // The focus goes with the step.
      const focused = visitor.page.locator(':focus');
      await expect.poll(() => focused.innerText(), PATIENCE).toMatch(/^2f/);
      await visitor.page.keyboard.press('ArrowUp');
      await standsAt(visitor, '2e');
    });

    it('the title of the phase whose steps are seen stays above them', async () => {
      const visitor = await browser.visit({ size: 'laptop' });
      /** The number of the title at the upper edge, and that of the first step below it. */
      const seen = () =>
        outline(visitor)
          .locator('ol')
          .evaluate((list) => {
            const { top } = (list.parentElement as HTMLElement).getBoundingClientRect();
            const below = (selector: string, edge: number) =>
              [...list.querySelectorAll(selector)].find((row) => row.getBoundingClientRect().bottom > edge);
            const title = below('h3', top + 1);
            const step = below('[data-step]', title?.getBoundingClientRect().bottom ?? top);
            return [title, step].map((row) => Number.parseInt(row?.textContent ?? '', 10));
          });
      for (const [step, phase] of [
        ['2m', 2],
        ['4h', 4],
      ] as const) {
        await follow(browser, visitor, `lab=nat-http&step=${step}`);
        await expect.poll(seen).toEqual([phase, phase]);
      }
      await visitor.leave();
    });

    it('to and fro, the tables are the same each time: those that Node folds', async () => {
      await follow(browser, visitor, 'lab=nat-http&step=2a&side=tables&node=router');
      const told = toldLab('nat-http');
      const way = told.steps.slice(
        told.steps.findIndex(({ id }) => id === '2e'),
        told.steps.findIndex(({ id }) => id === '2p'),
      );
      const seen = new Map<string, string>();
      const text = () => details(visitor).getByRole('tabpanel').innerText();
      await follow(browser, visitor, 'lab=nat-http&step=2e&side=tables&node=router');
      for (const [index, { id, lastSeq }] of way.entries()) {
        if (index > 0) await visitor.page.keyboard.press('ArrowRight');
        await standsAt(visitor, id);
        const expected = toldTables(told, lastSeq).filter(({ caption }) => caption.endsWith(' of router'));
        await expect.poll(async () => plainTables(await readTables(visitor)), PATIENCE).toEqual(expected);
        // Two steps may have the same tables: these are of this one when the time is.
        const time = formatDuration(told.trace.event(lastSeq).time);
        await expect.poll(text, PATIENCE).toContain(`Simulated time: ${time}\n`);
        seen.set(id, await text());
      }
      expect(new Set(seen.values()).size).toBe(way.length);
      for (const { id } of way.toReversed().slice(1)) {
        await visitor.page.keyboard.press('ArrowLeft');
        await expect.poll(text, PATIENCE).toBe(seen.get(id));
      }
      for (const { id } of way.slice(1)) {
        await visitor.page.keyboard.press('ArrowRight');
        await expect.poll(text, PATIENCE).toBe(seen.get(id));
      }
    });
  });

  describe('playing', () => {
    it('goes on by itself with the speed that is chosen, and stops at the end', async () => {
      const visitor = await browser.visit();
      await follow(browser, visitor, 'lab=nat-http&step=5k');
      await player(visitor).getByRole('combobox', { name: 'Speed' }).selectOption('8×');
      const steps = watchTitles(visitor);
      const begun = Date.now();
      await player(visitor).getByRole('button', { name: 'Play' }).click();
      await player(visitor).getByRole('button', { name: 'Pause' }).waitFor();
      await standsAt(visitor, '5s');
      // Eight steps at 150 ms each; at usual speed they take eight times as long.
      const took = Date.now() - begun;
      expect(took).toBeGreaterThan(8 * 150 - 100);
      expect(took).toBeLessThan(8 * 150 * 5);
      await player(visitor).getByRole('button', { name: 'Play' }).waitFor();
      expect(await steps()).toEqual(['5k', '5l', '5m', '5n', '5o', '5p', '5q', '5r', '5s']);
      // At the end, playing begins at the beginning.
      await player(visitor).getByRole('button', { name: 'Play' }).click();
      await expect.poll(steps, PATIENCE).toContain('1b');
      await visitor.leave();
    });

    it('space plays and pauses', async () => {
      const visitor = await browser.visit();
      const { page } = visitor;
      await follow(browser, visitor, 'lab=nat-http&step=2a');
      await player(visitor).getByRole('combobox', { name: 'Speed' }).selectOption('4×');
      await outline(visitor).getByRole('heading', { level: 2 }).click();
      await page.keyboard.press('Space');
      await expect.poll(() => stepNow(visitor), PATIENCE).not.toBe('2a');
      await page.keyboard.press('Space');
      await player(visitor).getByRole('button', { name: 'Play' }).waitFor();
      const here = await stepNow(visitor);
      await page.waitForTimeout(700);
      expect(await stepNow(visitor)).toBe(here);
      await visitor.leave();
    });
  });

  describe('other keys', () => {
    it('/ searches the walk: hits are counted, Enter goes from one to the next, Escape shows all again', async () => {
      const visitor = await browser.visit();
      const { page } = visitor;
      await follow(browser, visitor, 'lab=nat-http&step=1a');
      await page.keyboard.press('/');
      expect(await search(visitor).evaluate((field) => field === document.activeElement)).toBe(true);
      await page.keyboard.type('NAT 51.0.0.20');
      const { steps } = toldLab('nat-http');
      const hits = steps.filter(({ id, nodeLabel, headline, sentence }) =>
        ['nat', '51.0.0.20'].every((word) =>
          `${id} ${nodeLabel} ${headline} ${sentence}`.toLowerCase().includes(word),
        ),
      );
      await expect
        .poll(() => outline(visitor).getByRole('status').innerText(), PATIENCE)
        .toBe(`${hits.length} hits in ${steps.length} steps`);
      const listed = (await readOutline(visitor)).filter((row) => /^\d+[a-z]+ /.test(row));
      expect(listed.map((row) => row.split(' ')[0])).toEqual(hits.map(({ id }) => id));
      await page.keyboard.press('Enter');
      await standsAt(visitor, hits[0]?.id ?? '');
      await page.keyboard.press('Enter');
      await standsAt(visitor, hits[1]?.id ?? '');
      await page.keyboard.press('Shift+Enter');
      await standsAt(visitor, hits[0]?.id ?? '');
      await page.keyboard.press('Escape');
      expect(await search(visitor).inputValue()).toBe('');
      await search(visitor).fill('no such words anywhere');
      await outline(visitor).getByText('No step has these words').waitFor();
      await visitor.leave();
    });

    it('? opens the help, which names the keys and the trace hash that Node comes to; Escape puts it away', async () => {
      const visitor = await browser.visit();
      const { page } = visitor;
      await follow(browser, visitor, 'lab=campus&step=1b&seed=7');
      await page.keyboard.press('?');
      const help = page.getByRole('dialog', { name: 'How to use this page' });
      await help.waitFor();
      for (const key of ['Space', 'Home', '/', '?', 'a'])
        expect(await help.getByRole('table').innerText()).toContain(key);
      await expect
        .poll(() => help.innerText(), PATIENCE)
        .toContain(toldLab('campus', { seed: 7 }).trace.hash());
      // Keys do not walk behind the help.
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Escape');
      expect(await page.getByRole('dialog').count()).toBe(0);
      expect(await stepNow(visitor)).toBe('1b');
      await visitor.leave();
    });

    it('keys in text fields write there and do not move the walk', async () => {
      const visitor = await browser.visit();
      const { page } = visitor;
      await follow(browser, visitor, 'lab=nat-http&step=2c');
      const keys = [
        'End',
        'Space',
        '.',
        ',',
        '/',
        '?',
        'a',
        'ArrowLeft',
        'ArrowRight',
        'Home',
        'Shift+ArrowRight',
      ];
      await page.keyboard.press('a');
      expect(await address(visitor).evaluate((field) => field === document.activeElement)).toBe(true);
      for (const key of keys) await page.keyboard.press(key);
      expect(await address(visitor).inputValue()).toBe(`${URL} .,/?a`);
      expect(await stepNow(visitor)).toBe('2c');

      await search(visitor).click();
      for (const key of keys) await page.keyboard.press(key);
      expect(await search(visitor).inputValue()).toBe(' .,/?a');
      expect(await stepNow(visitor)).toBe('2c');

      await view(visitor, 'Packets');
      const filter = page
        .getByRole('region', { name: 'Run' })
        .getByRole('combobox', { name: 'Display filter' });
      await filter.click();
      for (const key of keys) await page.keyboard.press(key);
      expect(await filter.innerText()).toContain('.,/?a');
      expect(await stepNow(visitor)).toBe('2c');
      expect(await page.getByRole('dialog').count()).toBe(0);
      await visitor.leave();
    });
  });

  it('a command at a console is a branch of the run, named as such; the first run stays, and a link holds both', async () => {
    const visitor = await browser.visit();
    await follow(browser, visitor, 'lab=nat-http&step=2m&side=console&node=pc');
    const runs = outline(visitor).getByRole('group', { name: 'Runs' });
    expect(await runs.count()).toBe(0);
    await details(visitor).getByText('Text', { exact: true }).click();
    const line = details(visitor).getByRole('textbox', { name: 'Command on pc' });
    await line.fill('ping -c 1 8.8.8.8');
    await line.press('Enter');
    await runs.waitFor();
    const branch = runs.getByRole('radio', { name: 'branch 1 pc: ping -c 1 8.8.8.8, after 2m' });
    const first = runs.getByRole('radio', { name: 'first run' });
    expect(await branch.isChecked()).toBe(true);
    // The moment is where the ping is over; its phase is in the outline, and marked.
    const trunk = toldLab('nat-http');
    const typed = { after: stepOf(trunk, '2m').lastSeq, node: 'pc', line: 'ping -c 1 8.8.8.8' };
    const told = toldLab('nat-http', { typed: [typed] });
    const ping = told.walk.phases.find(({ title }) => title.startsWith('Ping'));
    await standsAt(visitor, ping?.steps.at(-1)?.id ?? '');
    const heading = `${ping?.number} ${ping?.title} branch ${ping?.steps.length} steps`;
    await outline(visitor).getByRole('heading', { level: 3, name: heading }).waitFor();

    // Back to the run in which nobody pinged, at the moment from which both went on.
    await first.check();
    await standsAt(visitor, '2m');
    const titles = (await readOutline(visitor)).filter((row) => / steps?$/.test(row));
    expect(titles).toEqual(
      trunk.walk.phases.map(({ number, title, steps }) => `${number} ${title} ${steps.length} steps`),
    );
    await branch.check();
    await player(visitor).getByRole('button', { name: 'Last step' }).click();
    const last = told.steps.at(-1)?.id ?? '';
    await standsAt(visitor, last);
    await expect
      .poll(() => visitor.page.evaluate(() => location.hash), PATIENCE)
      .toMatch(new RegExp(`typed=.*&step=${last}`));
    const hash = await visitor.page.evaluate(() => location.hash.slice(1));

    const other = await browser.visit({ hash });
    await standsAt(other, last);
    await other.page.getByRole('radio', { name: 'branch 1 pc: ping -c 1 8.8.8.8, after 2m' }).waitFor();
    await other.leave();
    await visitor.leave();
  });

  it('a link shows exactly the same elsewhere: lab, seed, step, event, view and device', async () => {
    const visitor = await browser.visit();
    await follow(browser, visitor, 'lab=campus&seed=11&step=2e');
    await view(visitor, 'Tables');
    await device(visitor, 'gate');
    await view(visitor, 'Ladder');
    await visitor.page.keyboard.press('.');
    const shows = async ({ page }: Visitor): Promise<string[]> => [
      await timeline({ page }).innerText(),
      await details({ page }).innerText(),
      await currentStep({ page }),
      await page
        .getByRole('tab', { selected: true })
        .allInnerTexts()
        .then((tabs) => tabs.join()),
    ];
    await expect
      .poll(() => visitor.page.evaluate(() => location.hash), PATIENCE)
      .toMatch(/step=2f&event=\d+.*node=gate/);
    const hash = await visitor.page.evaluate(() => location.hash.slice(1));
    expect(hash).toMatch(/^lab=campus&seed=11&step=2f&event=\d+&view=ladder&side=tables&node=gate$/);
    const before = await shows(visitor);
    expect(before[3]).toBe('Ladder,Tables');

    const other = await browser.visit({ hash });
    await expect.poll(() => shows(other), PATIENCE).toEqual(before);
    await visitor.leave();
    await other.leave();
  });
});

/** The step that the outline marks, as text. */
async function currentStep({ page }: Pick<Visitor, 'page'>): Promise<string> {
  const text = await outline({ page }).locator('[aria-current="step"]').innerText();
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** Every step that the title of the page names from now on. */
function watchTitles({ page }: Visitor): () => Promise<string[]> {
  const started = page.evaluate(() => {
    const seen = [document.title];
    new MutationObserver(() => seen.push(document.title)).observe(document.head, {
      subtree: true,
      childList: true,
    });
    Object.assign(globalThis, { seenTitles: seen });
  });
  return async () => {
    await started;
    const titles = await page.evaluate(() => (globalThis as unknown as { seenTitles: string[] }).seenTitles);
    return titles.map((title) => title.split(' ')[0] as string);
  };
}
