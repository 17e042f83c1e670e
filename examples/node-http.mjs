// An unmodified server and client of node:http, with a router and lossy cables between them.
import http from 'node:http';
import { MILLISECOND, parseIpv4, World } from 'wirewalk';
import { simulatedNet } from 'wirewalk/node';

const world = new World({ seed: 3 });
const router = world.addRouter('router');
for (const [number, name] of ['client', 'server'].entries()) {
  const host = world.addHost(name);
  world.connect(
    world.addInterface(host, 'eth0', { address: `198.51.${100 + number}.2/24` }),
    world.addInterface(router, `eth${number}`, { address: `198.51.${100 + number}.1/24` }),
    { delay: 5 * MILLISECOND, rate: 10_000_000, loss: 0.02 },
  );
  host.addRoute({ network: 0, length: 0 }, parseIpv4(`198.51.${100 + number}.1`));
}
world.station('client').resolver.addHost('www.example.com', parseIpv4('198.51.101.2'));

const net = simulatedNet(world);
const { agent, sleep } = net.host('client');

const server = http.createServer(async (request, response) => {
  response.sendDate = false; // the machine's clock would make every run another one
  let size = 0;
  for await (const piece of request) size += piece.length;
  response.end(`${request.method} ${request.url} with ${size} bytes from ${request.socket.remoteAddress}`);
});
net.host('server').serve(server, 80);

const keepAlive = agent({ keepAlive: true });
const ask = (path, body) =>
  new Promise((resolve, reject) => {
    const options = { agent: keepAlive, method: body === undefined ? 'GET' : 'POST' };
    const request = http.request(`http://www.example.com${path}`, options, async (response) => {
      let text = '';
      for await (const piece of response) text += piece;
      resolve(`${response.statusCode} ${text}${request.reusedSocket ? ', on the same connection' : ''}`);
    });
    request.on('error', reject);
    request.end(body);
  });

console.log(await ask('/'));
console.log(await ask('/upload', Buffer.alloc(1_000_000)));
const many = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(`/${i}`)));
console.log(many.length, 'at once, the last:', many.at(-1));

const before = world.now;
await sleep(1000);
console.log(`slept ${(world.now - before) / MILLISECOND} simulated ms`);
