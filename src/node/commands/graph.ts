// `wirewalk graph LAB`: the network as a picture: as SVG, or in the language of Mermaid or Graphviz.

import { type Command, Option } from 'commander';
import { openLab } from '../open-lab.js';
import { print } from '../screen.js';

export function addGraph(program: Command): void {
  program
    .command('graph')
    .summary('draw the network of a lab (SVG, Mermaid or Graphviz)')
    .description(
      'Prints the network of a lab as a picture: as SVG, or in the language of Mermaid or Graphviz (DOT).',
    )
    .argument('<lab>', 'a built-in lab or a file')
    .addOption(
      new Option('--format <format>', 'the language').choices(['mermaid', 'dot', 'svg']).default('mermaid'),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  wirewalk graph nat-http --format svg > nat-http.svg\n  wirewalk graph nat-http\n  wirewalk graph nat-http --format dot | dot -Tpdf > nat-http.pdf',
    )
    .action(drawGraph);
}

async function drawGraph(
  given: string,
  { format }: { readonly format: 'mermaid' | 'dot' | 'svg' },
): Promise<void> {
  const lab = await openLab(given);
  const [{ buildWorld }, { toDot, toMermaid }, { toSvg }] = await Promise.all([
    import('../../lab/build-world.js'),
    import('../../view/graph.js'),
    import('../../view/svg.js'),
  ]);
  const draw = { dot: toDot, mermaid: toMermaid, svg: toSvg }[format];
  print(draw(buildWorld(lab, { record: 'off' }).describe()));
}
