/** Two link threads that are joined by a pair of sockets, and what their mains do in a synchronization. */
import type { Test } from 'tap';
import { closeFd } from '../../../src/io/udp.ts';
import type { AnyLinkServer } from './link-server.ts';
import { socketPair } from './socket-pair.ts';

const TURNS_MAX = 10_000;

/** What all of them have, whatever their leases are. */
type Joined = Pick<
  AnyLinkServer<never, unknown, unknown, never>,
  'open' | 'turn' | 'lend' | 'answer' | 'isLent' | 'synced' | 'heard' | 'makeDurable'
>;

export interface LinkPair<Server> {
  /** Asks. */
  readonly a: Server;
  /** Serves. */
  readonly b: Server;
}

/** Opens a stream between two servers. */
export function join<Server extends Joined>(
  t: Pick<Test, 'teardown'>,
  a: Server,
  b: Server,
): LinkPair<Server> {
  const fds = socketPair();
  t.teardown(() => fds.forEach(closeFd));
  a.open(fds[0]);
  b.open(fds[1]);
  turn({ a, b }, 4);
  return { a, b };
}

export function turn({ a, b }: LinkPair<Joined>, turns = 1): void {
  for (let i = 0; i < turns; i++) {
    a.turn();
    b.turn();
  }
}

/** Lets main of the source do what it does: lends the log, and answers. */
export function answer(b: Joined): void {
  const asked = b.synced().filter(({ kind }) => kind === 'asked').length;
  if (asked === 0 || b.isLent) return;
  b.lend();
  b.answer();
}

/** Goes on until all is done, or has ended. */
export function finish(pair: LinkPair<Joined>): void {
  const { a, b } = pair;
  for (let turns = 0; turns < TURNS_MAX; turns++) {
    turn(pair);
    answer(b);
    a.makeDurable();
    b.makeDurable();
    const isDone = a.synced().some(({ kind }) => kind === 'done');
    if (isDone) {
      turn(pair, 4);
      a.makeDurable();
      turn(pair, 4);
      return;
    }
    if (a.heard('down').length > 0) throw new Error(a.heard('down')[0]!.reason);
  }
  throw new Error('it comes to no end');
}
