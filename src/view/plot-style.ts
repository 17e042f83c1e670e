// Colours and strokes of plots. Each line also has a pattern of its own, each mark a shape: nothing is told by colour alone.

export type PlotTheme = 'light' | 'dark' | 'auto';

type Palette = Readonly<
  Record<
    | 'ground'
    | 'ink'
    | 'soft'
    | 'grid'
    | 'axis'
    | 'cwnd'
    | 'ssthresh'
    | 'flight'
    | 'window'
    | 'bar'
    | 'ack'
    | 'bad'
    | 'closed',
    string
  >
>;

const LIGHT: Palette = {
  ...{ ground: '#ffffff', ink: '#1a2230', soft: '#566074', grid: '#e6eaf0', axis: '#8d99ad' },
  ...{ cwnd: '#1f57b8', ssthresh: '#a8480a', flight: '#0b7a63', window: '#7a34b0' },
  ...{ bar: '#1a2230', ack: '#0b7a63', bad: '#c2261d', closed: '#f0b429' },
};
const DARK: Palette = {
  ...{ ground: '#10151d', ink: '#e9edf4', soft: '#a6b1c4', grid: '#222c3a', axis: '#66758c' },
  ...{ cwnd: '#7fb0ff', ssthresh: '#ffab6b', flight: '#4fd0ac', window: '#cf9dfb' },
  ...{ bar: '#e9edf4', ack: '#4fd0ac', bad: '#ff7b72', closed: '#b7862a' },
};

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

/** The style sheet of a plot. */
export function plotStyles(theme: PlotTheme): string {
  const shape = [
    `text{font-family:${FONT};font-size:11px}`,
    '.heading{font-size:14px;font-weight:600}.tick{font-variant-numeric:tabular-nums}',
    '.end{text-anchor:end}.middle{text-anchor:middle}',
    '.grid,.axis,.line,.loss,.bar,.block,.probe,.died{fill:none}.grid{stroke-width:1}.axis{stroke-width:1}',
    '.line{stroke-width:2;stroke-linejoin:round}.ssthresh{stroke-dasharray:7 4}',
    '.line.window{stroke-width:1.5;stroke-dasharray:1.5 4;stroke-linecap:round}',
    '.line.flight{stroke-width:1.25}.line.ack{stroke-width:1.5}.area{stroke:none;fill-opacity:.16}',
    '.bar{stroke-width:2.5}.block{stroke-width:1.5;stroke-opacity:.6}.again{stroke-width:2.5}.sign.again{stroke:none}.probe,.died{stroke-width:2}',
    '.loss{stroke-width:1.25;stroke-dasharray:4 3}.closed{fill-opacity:.22;stroke:none}',
  ].join('');
  if (theme === 'auto') return `${shape}${colors(LIGHT)}@media (prefers-color-scheme:dark){${colors(DARK)}}`;
  return shape + colors(theme === 'dark' ? DARK : LIGHT);
}

function colors(palette: Palette): string {
  const { ground, ink, soft, grid, axis, cwnd, ssthresh, flight, window, bar, ack, bad, closed } = palette;
  return [
    `.ground{fill:${ground}}.heading,.legend{fill:${ink}}.soft,.tick{fill:${soft}}`,
    `.grid{stroke:${grid}}.axis{stroke:${axis}}`,
    `.cwnd{stroke:${cwnd}}.ssthresh{stroke:${ssthresh}}.window{stroke:${window}}`,
    `.line.flight{stroke:${flight}}.area.flight{fill:${flight}}.ack,.block{stroke:${ack}}`,
    `.bar{stroke:${bar}}.bar.again{stroke:${bad}}.sign.again{fill:${bad}}.died{stroke:${bad}}.probe{stroke:${window}}`,
    `.loss{stroke:${bad}}.loss-text{fill:${bad}}.closed{fill:${closed}}`,
  ].join('');
}
