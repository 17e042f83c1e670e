// What the `show` commands of routers and switches have in common: MAC addresses with dots, the speed of a port.

import type { Mac } from '../../base/address.js';
import { formatMac } from '../../base/address.js';
import type { Device, World } from '../../net/world.js';
import type { NetworkInterface } from '../../stack/network-interface.js';
import { type Call, type Command, EXIT } from './command.js';

/** A command that takes no words and prints a text. */
export function showCommand<D extends Device>(
  name: string,
  what: string,
  text: (call: Call<D>) => string,
): Command<D> {
  return {
    name,
    usage: name,
    help: `show ${what}`,
    run: (call) => {
      const refused = refuseWords(call);
      if (refused !== undefined) return refused;
      call.write(text(call));
      return EXIT.ok;
    },
  };
}

/** `aabb.ccdd.eeff` */
export function dottedMac(mac: Mac): string {
  return formatMac(mac)
    .replaceAll(':', '')
    .replace(/^(.{4})(.{4})/, '$1.$2.');
}

/** Bits per second of the cable in a port; 0 when it is unlimited or there is none. */
export function rateOf(world: World, port: NetworkInterface): number {
  return world.links.find(({ a, b }) => a === port || b === port)?.options.rate ?? 0;
}

/** Says that words are too much, as IOS does; returns undefined when there are none. */
export function refuseWords<D extends Device>(call: Call<D>): number | undefined {
  if (call.args.length === 0) return undefined;
  call.write(`% Invalid input detected at '${call.args[0]}'\n`);
  return EXIT.usage;
}

/** One paragraph per port, as `show interfaces` prints them. */
export function interfaceText(world: World, port: NetworkInterface, address: string | undefined): string {
  const plugged = port.cable !== null;
  const mac = dottedMac(port.mac);
  const rate = rateOf(world, port);
  const bandwidth = rate === 0 ? '' : `, BW ${Math.round(rate / 1000)} Kbit/sec`;
  return [
    `${port.name} is ${plugged ? 'up, line protocol is up (connected)' : 'down, line protocol is down (notconnect)'}`,
    `  Hardware is Ethernet, address is ${mac} (bia ${mac})`,
    ...(address === undefined ? [] : [`  Internet address is ${address}`]),
    `  MTU ${port.mtu} bytes${bandwidth}`,
    `     ${port.receivedFrames} packets input, ${port.receivedBytes} bytes`,
    `     ${port.sentFrames} packets output, ${port.sentBytes} bytes`,
  ]
    .map((line) => `${line}\n`)
    .join('');
}
