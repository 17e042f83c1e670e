// A TCP connection between two programs: half of it is closed, the other half goes on.
import { decodeUtf8, encodeUtf8, parseIpv4, World } from 'wirewalk';

const world = new World();
const client = world.addHost('client');
const server = world.addHost('server');
world.connect(
  world.addInterface(client, 'eth0', { address: '192.0.2.1/24' }),
  world.addInterface(server, 'eth0', { address: '192.0.2.2/24' }),
  { delay: 5_000_000, rate: 10_000_000, loss: 0.05 },
);

server.stack.tcp.listen(4000, {
  accept: () => {
    let text = '';
    return {
      readable: (connection) => {
        text += decodeUtf8(connection.read());
      },
      ended: (connection) => {
        connection.write(encodeUtf8(text.toUpperCase()));
        connection.close();
      },
    };
  },
});

const connection = client.stack.tcp.connect(
  { address: parseIpv4('192.0.2.2'), port: 4000 },
  {
    connected: (self) => {
      self.write(encodeUtf8('every byte is real'));
      self.shutdown();
    },
    readable: (self) => console.log('client got:', decodeUtf8(self.read())),
    failed: (_self, error) => console.log('failed:', error),
  },
);
world.runToRest();
console.log('state:', connection.state);
