// A program with promises and streams: a server that shouts, and a client that reads it to the end.
import { MILLISECOND, World } from 'wirewalk';
import { connectTcp, listenTcp, Turns } from 'wirewalk/streams';

const world = new World();
const client = world.addHost('client');
const server = world.addHost('server');
world.connect(
  world.addInterface(client, 'eth0', { address: '192.0.2.1/24' }),
  world.addInterface(server, 'eth0', { address: '192.0.2.2/24' }),
  { delay: 5 * MILLISECOND, rate: 10_000_000, loss: 0.05 },
);
const turns = new Turns(world);

const shout = () => new TransformStream({ transform: (text, out) => out.enqueue(text.toUpperCase()) });

async function serve() {
  for await (const { readable, writable } of listenTcp(turns, server, 4000)) {
    await readable
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(shout())
      .pipeThrough(new TextEncoderStream())
      .pipeTo(writable);
  }
}
serve();

const { readable, writable, opened, closed } = connectTcp(turns, client, {
  hostname: '192.0.2.2',
  port: 4000,
});
const { remote } = await opened;
console.log(`connected to port ${remote.port} after ${Math.round(world.now / MILLISECOND)} ms`);
const writer = writable.getWriter();
await writer.write(new TextEncoder().encode('every byte is real'));
await writer.close(); // our half; the server reads to the end and closes its own
let text = '';
for await (const piece of readable.pipeThrough(new TextDecoderStream())) text += piece;
console.log('client got:', text);
await closed;

// Nobody listens there: the error has the name that everybody knows.
const refused = connectTcp(turns, client, { hostname: '192.0.2.2', port: 4001 });
await refused.opened.catch((error) => console.log(error.code, error.message));
