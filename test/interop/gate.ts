/**
 * Program: passes TCP connections on, so that a story can part two servers that both live. SIGUSR2 shuts the gate, which
 * resets every connection that is there or comes, and opens it again; each time it says so, with the number of the change.
 * Usage: node gate.js ADDRESS PORT TARGET TARGET-PORT [PORT TARGET TARGET-PORT]...
 */
import { connect, createServer, type Socket } from 'node:net';

const [address = '', ...rules] = process.argv.slice(2);
const sockets = new Set<Socket>();
let changes = 0;
let isShut = false;

function say(): void {
  process.stdout.write(`gate ${changes} ${isShut ? 'shut' : 'open'}\n`);
}

/** What happens to one of the two happens to the other, as without a gate between. */
function join(near: Socket, far: Socket): void {
  for (const [one, other] of [
    [near, far],
    [far, near],
  ] as const) {
    sockets.add(one);
    one.pipe(other);
    one.on('error', () => other.resetAndDestroy());
    one.on('close', () => {
      sockets.delete(one);
      other.destroy();
    });
  }
}

let opening = rules.length / 3;
for (let at = 0; at < rules.length; at += 3) {
  const [port, target, targetPort] = [Number(rules[at]), rules[at + 1] ?? '', Number(rules[at + 2])];
  const server = createServer({ noDelay: true }, (near) => {
    if (isShut) near.resetAndDestroy();
    else join(near, connect({ port: targetPort, host: target, noDelay: true }));
  });
  server.listen(port, address, () => {
    if (--opening === 0) say();
  });
}

process.on('SIGUSR2', () => {
  changes++;
  isShut = !isShut;
  if (isShut) for (const socket of sockets) socket.resetAndDestroy();
  say();
});
