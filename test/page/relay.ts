// Stands between the browser and the server and counts what really crosses the wire, to which part of the page it belongs.

import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Crossed {
  /** `/assets/index-1a2b3c4d.js` */
  readonly path: string;
  /** Bytes of the body, packed as they are. */
  readonly size: number;
  readonly type: string;
}

export class Relay {
  /** Answers that have crossed, in their order. */
  readonly crossed: Crossed[] = [];
  private server: Server | undefined;
  /** Answers that are on their way. */
  private underWay = 0;

  /** Resolves to the address that stands for the one behind it. */
  async open(behind: string): Promise<string> {
    const { hostname, port } = new URL(behind);
    this.server = createServer((asked, answered) => {
      const { method, url = '', headers } = asked;
      this.underWay++;
      answered.once('close', () => {
        this.underWay--;
      });
      const onward = request({ hostname, port, method, path: url, headers }, (got) => {
        let size = 0;
        got.on('data', (piece: Buffer) => {
          size += piece.length;
        });
        got.on('end', () => this.crossed.push({ path: url, size, type: got.headers['content-type'] ?? '' }));
        answered.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(answered);
      });
      onward.on('error', () => answered.destroy());
      asked.pipe(onward);
    });
    const { server } = this;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  /** Bytes of JavaScript so far, workers included. */
  get script(): number {
    const scripts = this.crossed.filter(({ type }) => type.startsWith('text/javascript'));
    return scripts.reduce((sum, { size }) => sum + size, 0);
  }

  /** Waits until nothing has crossed for half a second. */
  async quiet(): Promise<void> {
    for (let still = 0; still < 5; still++) {
      const before = this.crossed.length;
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (this.underWay > 0 || this.crossed.length > before) still = -1;
    }
  }

  close(): void {
    this.server?.close();
    this.server?.closeAllConnections();
  }
}
