/** End to end: a pair whose every ACK waits for both servers. */
import { loadRivals } from './load-run.ts';
import type { Bench, BenchTable } from './model.ts';
import { createPair } from './rivals.ts';

export const pair: Bench = {
  name: 'pair',
  question: 'How fast and how dear is an exchange when every ACK waits until the partner has the lease too?',
  run: async ({ scale, contenders, modes, clients, points, site, tls }) => {
    const tables: BenchTable[] = [];
    for (const mode of modes) {
      for (const kind of clients) {
        const makers = contenders.map((contender) => () => createPair(contender, { mode, site, tls }));
        const table = await loadRivals(makers, points, kind, scale);
        tables.push({ ...table, title: `${mode}, ${kind}${tls ? ', TLS between the servers' : ''}` });
      }
    }
    return tables;
  },
};
