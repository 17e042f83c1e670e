// Chromium in front of the page as `wirewalk serve` hands it out: what a person sees, at several sizes and in both themes.

import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { type CallOptions, root, start } from '../cli.js';
import { QUIET_CHROMIUM } from '../quiet-chromium.js';

/** Phone, laptop, and a wall. */
export const SIZES = {
  phone: { width: 360, height: 740 },
  laptop: { width: 1440, height: 900 },
  wall: { width: 3840, height: 2160 },
} as const;
export type Size = keyof typeof SIZES;

export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** Pictures of the page, kept for people to look at. */
const PICTURES = path.join(root, 'test-results/page');

export interface Visit {
  readonly size?: Size;
  readonly theme?: Theme;
  /** What stands behind the # of the address. */
  readonly hash?: string;
  readonly reducedMotion?: boolean;
  /** False: the page is not kept for the time without a network. */
  readonly offline?: boolean;
}

/** What Playwright says when it keeps a service worker out. */
const KEPT_OUT = 'Service Worker registration blocked by Playwright';

/** A server and a browser for one test file. */
export class Browser {
  private server: ChildProcess | undefined;
  private profile = '';
  private browser: Awaited<ReturnType<typeof chromium.launch>> | undefined;
  /** `http://127.0.0.1:40001/` */
  address = '';
  private readonly words: readonly string[];

  /** @param words further words for Chromium, such as those for larger letters */
  constructor(words: readonly string[] = []) {
    this.words = words;
  }

  /** @param program the path of Chromium @param serve further words for `wirewalk serve` @param options of this process */
  async open(program: string, serve: readonly string[] = [], options: CallOptions = {}): Promise<void> {
    this.server = start(['serve', '--port', '0', ...serve], options);
    this.address = await addressOf(this.server);
    this.profile = mkdtempSync(path.join(tmpdir(), 'wirewalk-chromium-'));
    this.browser = await chromium.launch({
      executablePath: program,
      args: [...QUIET_CHROMIUM, ...this.words],
      env: { ...process.env, HOME: this.profile } as Record<string, string>,
    });
  }

  async close(): Promise<void> {
    await this.browser?.close();
    await this.stopServing();
    if (this.profile !== '') rmSync(this.profile, { recursive: true, force: true });
  }

  /** Ends the server, as somebody who shuts down their machine does. */
  async stopServing(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined || server.exitCode !== null || !server.kill()) return;
    await new Promise((resolve) => server.once('exit', resolve));
  }

  /** A browser of its own for each visit: nothing is remembered from another one. */
  async visit({
    size = 'laptop',
    theme = 'light',
    hash = '',
    reducedMotion = true,
    offline = true,
  }: Visit = {}): Promise<Visitor> {
    if (this.browser === undefined) throw new Error('the browser is not open');
    const context = await this.browser.newContext({
      viewport: SIZES[size],
      colorScheme: theme,
      reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
      acceptDownloads: true,
      serviceWorkers: offline ? 'allow' : 'block',
      // The page's own policy would keep the judge of accessibility out.
      bypassCSP: false,
    });
    const visitor = new Visitor(context, await context.newPage());
    await visitor.page.goto(`${this.address.replace(/#.*$/, '')}${hash === '' ? '' : `#${hash}`}`);
    await visitor.page.getByRole('heading', { level: 1 }).waitFor();
    return visitor;
  }
}

/** One person at the page, and everything that went wrong while they were there. */
export class Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly complaints: string[] = [];
  /** Addresses of all requests, those of workers included. */
  readonly requests: string[] = [];

  constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
    // Sooner than the test's own end comes, so that a failure says what was waited for.
    page.setDefaultTimeout(12_000);
    context.on('request', (request) => this.requests.push(request.url()));
    page.on('pageerror', (error) => this.complaints.push(`error: ${error.message}`));
    page.on('console', (message) => {
      const text = message.text();
      const isComplaint = message.type() === 'error' || message.type() === 'warning';
      if (isComplaint && text !== KEPT_OUT) this.complaints.push(text);
    });
  }

  /** Waits until the page has done what it was asked to: then Enter can be pressed (again). */
  async ready(): Promise<void> {
    await this.page.locator('form button[type=submit]:enabled').first().waitFor();
  }

  /** Presses Enter in the address bar and waits for the first step. */
  async enter(): Promise<void> {
    await this.page.getByRole('button', { name: 'Enter' }).first().click();
    await this.page.waitForFunction(() => location.hash.includes('step='));
  }

  /** Pastes another address behind the # and waits until the page shows what it says. */
  async go(hash: string): Promise<void> {
    await this.page.evaluate(async (wanted) => {
      const turn = () => new Promise((resolve) => setTimeout(resolve, 10));
      location.hash = wanted;
      do await turn();
      while (document.querySelector('form [role=progressbar]') !== null);
    }, hash);
  }

  /** Keeps a picture of what is seen. */
  async picture(name: string): Promise<void> {
    mkdirSync(PICTURES, { recursive: true });
    await this.page.screenshot({ path: path.join(PICTURES, `${name}.png`) });
  }

  /** What axe finds, as `rule: element`; empty when all is well. */
  async axe(): Promise<string[]> {
    const isThere = await this.page.evaluate(() => 'axe' in globalThis);
    if (!isThere) await this.page.evaluate(axeSource());
    const found = await this.page.evaluate(async () => {
      type Found = { id: string; nodes: { target: string[]; failureSummary: string }[] };
      const { axe } = globalThis as unknown as {
        axe: { run(options: unknown): Promise<{ violations: Found[] }> };
      };
      const { violations } = await axe.run({
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      });
      return violations;
    });
    return found.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    );
  }

  /** Nothing may be wider than the screen. */
  async overhang(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  }

  /** Ends the visit; whatever the browser complained about fails the test. */
  async leave(): Promise<void> {
    await this.context.close();
    expect(this.complaints).toEqual([]);
  }
}

let axeText: string | undefined;

function axeSource(): string {
  axeText ??= readAxe();
  return axeText;
}

function readAxe(): string {
  const { source } = createRequire(import.meta.url)('axe-core') as { source: string };
  return source;
}

function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = '';
    server.stdout?.on('data', (piece: Buffer) => {
      out += piece.toString();
      const address = /http:\/\/\S+/.exec(out)?.[0];
      if (address !== undefined) resolve(address);
    });
    server.once('exit', (code) => reject(new Error(`wirewalk serve ended with ${code}: ${out}`)));
  });
}
