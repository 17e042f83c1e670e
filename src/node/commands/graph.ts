// `wirewalk graph LAB`: the network as a picture, in the language of Mermaid or Graphviz.

import { type Command, Option } from 'commander';
import { openLab } from '../open-lab.js';
import { print } from '../screen.js';

export function addGraph(program: Command): void {
  program
    .command('graph')
    .summary('draw the network of a lab (Mermaid or Graphviz)')
    .description('Prints the network of a lab as a picture in the language of Mermaid or Graphviz (DOT).')
    .argument('<lab>', 'a built-in lab or a file')
    .addOption(new Option('--format <format>', 'the language').choices(['mermaid', 'dot']).default('mermaid'))
    .addHelpText(
      'after',
      '\nExamples:\n  wirewalk graph nat-http\n  wirewalk graph nat-http --format dot | dot -Tsvg > nat-http.svg',
    )
    .action(drawGraph);
}

async function drawGraph(given: string, { format }: { readonly format: 'mermaid' | 'dot' }): Promise<void> {
  const lab = await openLab(given);
  const [{ buildWorld }, { toDot, toMermaid }] = await Promise.all([
    import('../../lab/build-world.js'),
    import('../../view/graph.js'),
  ]);
  const description = buildWorld(lab, { record: 'off' }).describe();
  print(format === 'dot' ? toDot(description) : toMermaid(description));
}
