// `npm start`: from a fresh clone to the page. Arguments go to the program: `npm start -- labs`.

import { spawn } from 'node:child_process';
import { build, install, main, progress, root } from './prepare.mjs';

if (!install()) process.exit(1);
progress('building …');
if (!build()) process.exit(1);

const given = process.argv.slice(2);
const args = given.length > 0 ? given : ['serve'];
const child = spawn(process.execPath, [main, ...args], { cwd: root, stdio: 'inherit' });
process.on('SIGINT', () => {}); // the terminal tells the program too; we wait for its answer
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
