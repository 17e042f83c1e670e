// A lab from a file: run it, tell its walk, look at tables as they were in the middle, make a capture.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkLab, explainWalk, formatProblem, readLab, runLab, tablesAt, tracePcapng } from 'wirewalk';

const file = fileURLToPath(import.meta.resolve('wirewalk/labs/nat-http.yaml'));
const read = readLab(readFileSync(file, 'utf8'), file);
if ('errors' in read) throw new Error(read.errors.map(formatProblem).join('\n'));

const run = runLab(read.lab, { seed: 1 });
const trace = run.trace();
console.log('status', run.pages[0].page.response.status);
console.log('the same again:', runLab(read.lab, { seed: 1 }).trace().hash() === trace.hash());

const walk = explainWalk(trace);
const step = walk.phases[1].steps.find(({ sentence }) => sentence.includes('NAT table'));
console.log(step.id, step.headline);

const router = tablesAt(trace, step.lastSeq).find(({ name }) => name === 'router');
for (const { table, rows } of router.tables) console.log(table, rows.length);

const failed = checkLab(run).filter(({ ok }) => !ok);
console.log('checks failed:', failed.length);
// Ready to be written to a file and opened in Wireshark.
const capture = tracePcapng(trace, { interfaces: ['pc:eth0'] });
console.log('capture of pc:eth0:', capture.length > 12);
