// Which built-in lab serves a host name: the one whose DNS data has it, or which has its address.

import { formatIpv4 } from '../base/address.js';
import type { Lab } from '../lab/read-lab.js';
import { readRecord, readZone } from '../lab/zone-lines.js';
import { sameName } from '../wire/dns/name.js';
import type { Url } from '../wire/url.js';
import { builtInLabNames, DEFAULT_LAB, type LabSource, readBuiltInLab } from './lab-source.js';
import { readSource } from './open-lab.js';

/** The built-in lab for a URL; the default lab when none serves its host. */
export async function labServing(url: Url): Promise<Lab> {
  const sources = builtInLabNames().map(readBuiltInLab);
  // Reading a lab takes time: those that have the whole name in their text come first.
  const isLikely = ({ text }: LabSource): boolean => text.toLowerCase().includes(url.host);
  for (const source of [...sources.filter(isLikely), ...sources.filter((one) => !isLikely(one))]) {
    const lab = await readSource(source);
    if (serves(lab, url.host)) return lab;
  }
  return readSource(readBuiltInLab(DEFAULT_LAB));
}

function serves(lab: Lab, host: string): boolean {
  for (const { interfaces, services, hosts } of lab.topology.nodes.values()) {
    for (const { ip } of interfaces?.values() ?? []) {
      if (ip !== undefined && formatIpv4(ip.address) === host) return true;
    }
    if (hosts?.has(host)) return true;
    const { zones, cache = [] } = services?.dns ?? {};
    const names = cache
      .map((line) => readRecord(line))
      .flatMap((record) => ('name' in record ? record.name : []));
    for (const [zone, lines] of zones ?? [])
      names.push(...readZone(zone, lines).records.map(({ name }) => name));
    if (names.some((name) => sameName(name, host))) return true;
  }
  return false;
}
