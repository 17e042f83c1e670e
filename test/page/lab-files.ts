// Lab files as a person brings them to the page: dropped on it, or in a link.

import type { Page } from 'playwright-core';
import { linkOf } from '../../bench/page-measure.mjs';

export { linkOf };

/** Drops a file on the page; a text is written in UTF-8. */
export async function dropFile(page: Page, name: string, content: string | Uint8Array): Promise<void> {
  const bytes = Buffer.from(content).toString('base64');
  const dropped = await page.evaluateHandle(
    ({ name, bytes }) => {
      const transfer = new DataTransfer();
      const content = Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0));
      transfer.items.add(new File([content], name));
      return transfer;
    },
    { name, bytes },
  );
  for (const type of ['dragenter', 'dragover', 'drop'])
    await page.dispatchEvent('body', type, { dataTransfer: dropped });
  await dropped.dispose();
}
