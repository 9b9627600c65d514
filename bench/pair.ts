/** End to end: a pair whose every ACK waits for both servers. */
import { type Contender, kindsOf } from './contenders.ts';
import { loadRivals } from './load-run.ts';
import type { Bench, BenchOptions, BenchTable } from './model.ts';
import { createPair, createSingle, type PairChoice, type Rival } from './rivals.ts';

export const pair: Bench = {
  name: 'pair',
  question: 'How fast and how dear is an exchange when every ACK waits until the partner has the lease too?',
  run: async (options) => {
    const { scale, contenders, modes, clients, points, tls } = options;
    const tables: BenchTable[] = [];
    for (const mode of modes) {
      for (const kind of clients) {
        const makers = contenders.flatMap((contender) => makersOf(contender, { ...options, mode }));
        const table = await loadRivals(makers, points, kind, scale);
        tables.push({ ...table, title: `${mode}, ${kind}${tls ? ', TLS between the servers' : ''}` });
      }
    }
    return tables;
  },
};

/** The pair, and before it what it is compared with. */
function makersOf(
  contender: Contender,
  choice: PairChoice & Pick<BenchOptions, 'beside'>,
): (() => Promise<Rival>)[] {
  const { beside, site, tls } = choice;
  const singles = beside.includes('single') ? kindsOf([contender]) : [];
  const plain =
    tls && beside.includes('plain') ? [{ ...choice, tls: false, name: `${contender.name}, plain` }] : [];
  return [
    ...singles.map((kind) => () => createSingle(kind, { site, name: `${kind.name}, one server` })),
    ...[...plain, choice].map((each) => () => createPair(contender, each)),
  ];
}
