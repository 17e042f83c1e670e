// Headless Chromium at an attached node, with its strings in the test's hands: Chrome's DevTools Protocol over a pipe, so
// that no port is opened for it. Reading list: "Chrome DevTools Protocol", domains Target, Page, Emulation, Runtime and Input.

import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { QUIET_CHROMIUM } from '../quiet-chromium.js';
import { startIn } from './netns.js';
import { type Picture, readPng } from './png.js';

const ARGUMENTS = [
  '--headless',
  ...QUIET_CHROMIUM,
  '--disable-breakpad',
  '--remote-debugging-pipe',
  // Whatever it asks its makers is asked of nobody, not even of the lab.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE *.test',
  // Not the page that its packager begins with.
  'about:blank',
];

/** Chromium reads commands from its third descriptor and answers on its fourth: they become what we have at hand. */
const PIPE = 'exec chromium "$@" 3<&0 0</dev/null 4>&1 1>&2';

/** What is seen of a page, in pixels. */
const VIEW = { width: 640, height: 480, deviceScaleFactor: 1, mobile: false };

/** Patience with each answer and each event, in ms. */
const PATIENCE = 15_000;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** One tab of a browser of its own, with nothing in its memory. */
export class Chromium {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly profile: string;
  private readonly gone: Promise<void>;
  private readonly listeners = new Set<(message: Message) => void>();
  private session = '';
  private last = 0;
  private complaint = '';

  private constructor(namespace: string, home: string) {
    this.profile = mkdtempSync(path.join(home, 'chromium-'));
    const args = ['-c', PIPE, 'sh', `--user-data-dir=${this.profile}`, ...ARGUMENTS];
    this.child = startIn(namespace, 'sh', args, this.profile);
    this.gone = new Promise((resolve) => this.child.once('close', () => resolve()));
    this.child.stderr.on('data', (piece: Buffer) => {
      this.complaint += piece;
    });
    let held: Buffer = Buffer.alloc(0);
    this.child.stdout.on('data', (piece: Buffer) => {
      held = Buffer.concat([held, piece]);
      for (let end = held.indexOf(0); end >= 0; end = held.indexOf(0)) {
        const message = JSON.parse(held.toString('utf8', 0, end)) as Message;
        held = held.subarray(end + 1);
        for (const listener of [...this.listeners]) listener(message);
      }
    });
  }

  /** Starts it in a namespace; `home` is a folder for its profile, which it takes away when it is closed. */
  static async open(namespace: string, home: string): Promise<Chromium> {
    const browser = new Chromium(namespace, home);
    const { targetId } = await browser.say('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await browser.say('Target.attachToTarget', { targetId, flatten: true });
    browser.session = sessionId as string;
    await browser.say('Page.enable');
    await browser.say('Emulation.setDeviceMetricsOverride', VIEW);
    return browser;
  }

  /** Types an address, and waits until everything on the page has come. */
  async goTo(url: string): Promise<void> {
    await this.whileLoading(() => this.say('Page.navigate', { url }));
  }

  /** Clicks in the middle of an element, and waits for the page it leads to. */
  async follow(selector: string): Promise<void> {
    const middle = `(() => {
      const { x, y, width, height } = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect();
      return [x + width / 2, y + height / 2];
    })()`;
    const [x, y] = (await this.evaluate(middle)) as [number, number];
    await this.whileLoading(async () => {
      for (const type of ['mousePressed', 'mouseReleased'])
        await this.say('Input.dispatchMouseEvent', { type, x, y, button: 'left', clickCount: 1 });
    });
  }

  /** The value of an expression in the page. */
  async evaluate(expression: string): Promise<unknown> {
    const { result } = await this.say('Runtime.evaluate', { expression, returnByValue: true });
    return (result as { readonly value: unknown }).value;
  }

  /** What is seen. */
  async screenshot(): Promise<Picture> {
    const { data } = await this.say('Page.captureScreenshot', { format: 'png' });
    return readPng(Buffer.from(data as string, 'base64'));
  }

  /** Ends it and all its processes. */
  async close(): Promise<void> {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 5_000);
    this.session = '';
    await this.say('Browser.close').catch(() => this.child.kill('SIGKILL'));
    await this.gone;
    clearTimeout(timer);
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  private async whileLoading(act: () => Promise<unknown>): Promise<void> {
    const loaded = this.heard(({ method }) => method === 'Page.loadEventFired', 'a page');
    await Promise.all([loaded, act()]);
  }

  private async say(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.last;
    const answer = this.heard((message) => message.id === id, method);
    const session = this.session === '' ? {} : { sessionId: this.session };
    this.child.stdin.write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    const { result, error } = await answer;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }

  /** The next message that fits. @throws Error when it does not come */
  private heard(fits: (message: Message) => boolean, what: string): Promise<Message> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.listeners.delete(listen);
      };
      const listen = (message: Message): void => {
        if (!fits(message)) return;
        end();
        resolve(message);
      };
      const fail = (): void => {
        end();
        reject(new Error(`Chromium said nothing of ${what}:\n${this.complaint}`));
      };
      const timer = setTimeout(fail, PATIENCE);
      this.listeners.add(listen);
      void this.gone.then(fail);
    });
  }
}
