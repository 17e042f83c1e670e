// Two hosts on a switch: a UDP echo, the frames that carried it, and the tables afterwards.
import { dissect, encodeUtf8, MILLISECOND, parseIpv4, World } from 'wirewalk';

const world = new World({ seed: 7 });
const alice = world.addHost('alice');
const bob = world.addHost('bob');
const hub = world.addSwitch('switch');
const link = { delay: 1 * MILLISECOND, rate: 100_000_000 };
world.connect(
  world.addInterface(alice, 'eth0', { address: '192.0.2.1/24' }),
  world.addInterface(hub, 'p1'),
  link,
);
world.connect(
  world.addInterface(bob, 'eth0', { address: '192.0.2.2/24' }),
  world.addInterface(hub, 'p2'),
  link,
);

// Bob sends back what he gets. Listeners are called while time stands still.
const echo = bob.stack.udp.open(7, {
  received: (data, from) => echo.send(data, from),
});
const socket = alice.stack.udp.open(0, {
  received: (data) => console.log(`alice got ${data.length} bytes back after ${world.now / MILLISECOND} ms`),
});
socket.send(encodeUtf8('hello'), { address: parseIpv4('192.0.2.2'), port: 7 });
world.runToRest();

const trace = world.trace();
for (const event of trace.events()) {
  if (event.kind !== 'frame-sent' || trace.world.nodes[event.node].kind !== 'host') continue;
  const layers = dissect(trace.frameBytes(event.frame)).layers;
  console.log(trace.world.nodes[event.node].name.padEnd(6), layers.at(-1).summary);
}
for (const row of hub.rows()) console.log('switch learned', row.port.name);
