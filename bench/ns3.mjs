// The peer: our ns-3 programs, compiled against Debian's libns3-dev into node_modules/.cache.
//
// Their sources lie in ../shared/baseline/ns3 beside the checkout, or where WIREWALK_NS3 says.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { progress, root } from '../scripts/prepare.mjs';

const sources = path.resolve(process.env.WIREWALK_NS3 ?? path.join(root, '../shared/baseline/ns3'));
const folder = path.join(root, 'node_modules/.cache/wirewalk-ns3');

/** Compiles what changed. Returns the folder with the programs, or why there are none. */
export function prepareNs3() {
  const script = path.join(sources, 'build.sh');
  if (!existsSync(script)) {
    return { missing: `no ns-3 programs in ${sources}; set WIREWALK_NS3 to the folder that has them` };
  }
  progress('compiling the ns-3 programs (the first time takes half a minute) …');
  mkdirSync(folder, { recursive: true });
  const run = spawnSync('sh', [script, folder], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (run.status === 0) return { folder };
  const said = /.*\berror\b.*|.*not found.*/.exec(run.stderr ?? '')?.[0] ?? run.error?.message ?? run.stderr;
  return {
    missing: `the ns-3 programs do not compile (${said.trim()}); on Debian: apt-get install --no-install-recommends g++ libns3-dev`,
  };
}
