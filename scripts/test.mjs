// `npm test`: install, fetch the outside judges, check, build, run the tests. Arguments go to Vitest:
// `npm test -- tcp`. The last line on stdout is `N passed, N failed` (and `, N skipped`).

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, install, npm, progress, root } from './prepare.mjs';

/** The outside judges: program -> Debian package. */
const JUDGES = {
  tshark: 'tshark',
  chromium: 'chromium',
  ip: 'iproute2',
  ping: 'iputils-ping',
  traceroute: 'traceroute',
  dig: 'bind9-dnsutils',
  curl: 'curl',
  passt: 'passt',
  nc: 'netcat-openbsd',
  iperf3: 'iperf3',
  python3: 'python3',
};

let failed = 0;
/** @param {string} what */
function fail(what) {
  failed++;
  console.log(`FAILED  ${what}`);
}

/** Debian, as root: installs the judges that are missing. Elsewhere, or on failure, a missing judge shows in the tests. */
function installJudges() {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/sbin'];
  const present = (/** @type {string} */ program) => folders.some((at) => existsSync(path.join(at, program)));
  const missing = Object.entries(JUDGES).filter(([program]) => !present(program));
  if (missing.length === 0 || process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return;
  const apt = (/** @type {string[]} */ ...args) =>
    spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 2],
    }).status === 0;
  apt('update');
  for (const [program, name] of missing) {
    progress(`installing ${name} (apt-get) …`);
    if (!apt('install', '-y', '--no-install-recommends', name)) progress(`going on without ${program}`);
  }
}

/** Counts in Vitest's own report. @param {string} file */
function readReport(file) {
  if (!existsSync(file)) return undefined;
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const broken = report.testResults.filter(
    (/** @type {any} */ suite) =>
      suite.status === 'failed' &&
      !suite.assertionResults.some((/** @type {any} */ one) => one.status === 'failed'),
  );
  for (const suite of broken) console.log(`FAILED  ${path.relative(root, suite.name)} (the file itself)`);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

let passed = 0;
let skipped = 0;
if (!install()) fail('npm ci');
else {
  installJudges();

  progress('checking …');
  const check = npm(['run', 'check'], { env: { ...process.env, FORCE_COLOR: '0' } });
  if (check.status !== 0) {
    process.stdout.write(check.stdout + check.stderr);
    fail('npm run check');
  }

  progress('building …');
  if (!build()) fail('npm run build');

  progress('testing …');
  const folder = mkdtempSync(path.join(tmpdir(), 'wirewalk-test-'));
  const file = path.join(folder, 'report.json');
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${file}`];
  const run = spawnSync(process.execPath, [vitest, 'run', ...reporters, ...process.argv.slice(2)], {
    cwd: root,
    env: process.stdout.isTTY || process.env.FORCE_COLOR ? process.env : { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const counts = readReport(file) ?? { passed: 0, failed: 0, skipped: 0 };
  rmSync(folder, { recursive: true });
  passed = counts.passed;
  skipped = counts.skipped;
  failed += counts.failed;
  if (passed + counts.failed === 0) fail('no test ran');
  else if (run.status !== 0 && counts.failed === 0) fail('an error outside the tests (see above)');
}

console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;
