// A raw frame into an interface: what does the stack answer? The peer is a tap, a card without a computer.
import { arp, dissect, ethernet, parseIpv4, parseMac, World } from 'wirewalk';

const world = new World();
const host = world.addHost('host');
const peer = world.addTap('peer');
world.connect(
  world.addInterface(host, 'eth0', { address: '192.0.2.1/24', mac: '02:00:00:00:00:01' }),
  world.addInterface(peer, 'eth0', { mac: '02:00:00:00:00:02' }),
);
peer.onFrame = (bytes) => console.log(dissect(bytes).layers.at(-1).summary);

const frame = new Uint8Array(60);
const view = new DataView(frame.buffer);
ethernet.write(view, 0, {
  destination: parseMac('ff:ff:ff:ff:ff:ff'),
  source: parseMac('02:00:00:00:00:02'),
  etherType: 0x0806,
});
arp.write(view, 14, {
  hardwareType: 1,
  protocolType: 0x0800,
  hardwareSize: 6,
  protocolSize: 4,
  operation: 1,
  senderMac: parseMac('02:00:00:00:00:02'),
  senderIp: parseIpv4('192.0.2.2'),
  targetMac: 0,
  targetIp: parseIpv4('192.0.2.1'),
});
peer.send(frame);
world.runToRest();
