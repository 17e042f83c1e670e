// Draws what TCP did in a run into an SVG file.

import { writeFileSync } from 'node:fs';
import type { Trace } from '../trace/trace.js';
import { print } from './screen.js';
import { systemReason } from './system-reason.js';
import { UsageError } from './usage-error.js';

/** Stands for stdout in place of a file's name. */
export const STDOUT = '-';

/**
 * @param connection only ends of connections that contain this
 * @throws UsageError when there is nothing to draw, or the file can not be written
 */
export async function writePlot(file: string, trace: Trace, connection: string | undefined): Promise<void> {
  const [{ plotTcp }, { tcpSeries }] = await Promise.all([
    import('../view/plot.js'),
    import('../view/tcp-series.js'),
  ]);
  const svg = plotTcp(trace, connection === undefined ? {} : { connection });
  if (svg === undefined) {
    const { nodes } = trace.world;
    const known = tcpSeries(trace).map(
      ({ node, local, remote }) => `${nodes[node]?.name} ${local} → ${remote}`,
    );
    throw new UsageError(
      known.length === 0
        ? 'There is nothing to plot: this run has no TCP connection.'
        : `No end of a TCP connection contains '${connection}'. There are: ${known.slice(0, MOST_NAMES).join(', ')}${known.length > MOST_NAMES ? ', …' : ''}.`,
    );
  }
  if (file === STDOUT) {
    print(svg);
    return;
  }
  try {
    writeFileSync(file, svg);
  } catch (error) {
    throw new UsageError(`The picture ${file} can not be written: ${systemReason(error)}.`);
  }
}

const MOST_NAMES = 6;
