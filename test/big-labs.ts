// Big labs as text: for tests and measurements of what must stay quick when a run is long or a network wide.

/** Bytes of the page that the hosts of {@link treeLab} open. */
const TREE_PAGE = 8_000;
/** Routers below the core of a tree, and switches below each of them. */
const BRANCHES = 8;
const SWITCHES = 5;

/**
 * A star: hosts on one switch that each open a page of a server on it, one millisecond after the other. A page of
 * 100,000 bytes makes about 1,200 events per host.
 * @param hosts 1 … 60,000
 * @param bytes length of the page
 */
export function starLab(hosts: number, bytes: number): string {
  const nodes = [
    'switch: { kind: switch }',
    serverNode('server', '10.0.0.1/16', bytes),
    ...numbers(hosts).map((i) => hostNode(`h${i}`, `${starAddress(i)}/16`)),
  ];
  const links = [
    link('server:eth0', 'switch:server'),
    ...numbers(hosts).map((i) => link(`h${i}:eth0`, `switch:p${i}`)),
  ];
  const script = numbers(hosts).map((i) => `{ at: ${i}ms, node: h${i}, browse: "http://10.0.0.1/" }`);
  return labText(`star-${hosts}`, nodes, links, script);
}

/**
 * A tree: a core router with a server, 8 routers below it, 5 switches below each of them, hosts below those. Every
 * second host pings the server, the others open a page of it. 500 nodes make about 150,000 events.
 * The script types commands: run it with `runCommand`.
 * @param nodes all of them together, 60 … 8,000
 */
export function treeLab(nodes: number): string {
  const lines = [
    'core:',
    '  kind: router',
    '  interfaces:',
    '    server: { ip: 10.254.0.1/24 }',
    ...numbers(BRANCHES).map((b) => `    r${b}: { ip: 10.255.${b}.1/24 }`),
    '  routes:',
    ...numbers(BRANCHES).map((b) => `    - { to: 10.${b}.0.0/16, via: 10.255.${b}.2 }`),
    serverNode('server', '10.254.0.10/24', TREE_PAGE, '10.254.0.1'),
  ];
  const links = [link('server:eth0', 'core:server')];
  for (const b of numbers(BRANCHES)) {
    lines.push(`r${b}:`, '  kind: router', '  interfaces:', `    core: { ip: 10.255.${b}.2/24 }`);
    lines.push(...numbers(SWITCHES).map((s) => `    s${s}: { ip: 10.${b}.${s}.1/24 }`));
    lines.push(`  gateway: 10.255.${b}.1`);
    lines.push(...numbers(SWITCHES).map((s) => `s${b}-${s}: { kind: switch }`));
    links.push(link(`r${b}:core`, `core:r${b}`));
    links.push(...numbers(SWITCHES).map((s) => link(`r${b}:s${s}`, `s${b}-${s}:up`)));
  }
  const script: string[] = [];
  for (const i of numbers(nodes - 2 - BRANCHES * (SWITCHES + 1))) {
    const branch = i % BRANCHES;
    const below = Math.floor(i / BRANCHES) % SWITCHES;
    const place = Math.floor(i / (BRANCHES * SWITCHES)) + 10;
    const network = `10.${branch}.${below}`;
    lines.push(hostNode(`h${i}`, `${network}.${place}/24`, `${network}.1`));
    links.push(link(`h${i}:eth0`, `s${branch}-${below}:p${place}`));
    const does = i % 2 === 0 ? 'run: ping -c 3 10.254.0.10' : 'browse: "http://10.254.0.10/"';
    script.push(`{ at: ${i}ms, node: h${i}, ${does} }`);
  }
  return labText(`tree-${nodes}`, lines, links, script);
}

/** 0 … below `end`. */
function numbers(end: number): number[] {
  return Array.from({ length: end }, (_, i) => i);
}

function starAddress(host: number): string {
  return `10.0.${1 + Math.floor(host / 250)}.${1 + (host % 250)}`;
}

function hostNode(name: string, address: string, gateway?: string): string {
  const way = gateway === undefined ? '' : `, gateway: ${gateway}`;
  return `${name}: { kind: host, interfaces: { eth0: { ip: ${address} } }${way} }`;
}

function serverNode(name: string, address: string, bytes: number, gateway?: string): string {
  const page = `{ size: ${bytes}, type: application/octet-stream }`;
  return hostNode(name, address, gateway).replace(
    / }$/,
    `, services: { http: { sites: { "*": { /: ${page} } } } } }`,
  );
}

function link(a: string, b: string): string {
  return `{ endpoints: ["${a}", "${b}"], delay: 10us, rate: 1G }`;
}

function labText(
  name: string,
  nodes: readonly string[],
  links: readonly string[],
  script: readonly string[],
): string {
  return [
    `name: ${name}`,
    'topology:',
    '  nodes:',
    ...nodes.map((line) => `    ${line}`),
    '  links:',
    ...links.map((line) => `    - ${line}`),
    'script:',
    ...script.map((line) => `  - ${line}`),
    '',
  ].join('\n');
}
