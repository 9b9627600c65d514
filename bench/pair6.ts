/** End to end: a pair of DHCPv6 whose every REPLY waits for both servers. */
import { kindsOf } from './contenders.ts';
import { loadRivals } from './load-run.ts';
import type { Bench, BenchTable } from './model.ts';
import { createPair6, createSingle6, type PairChoice6 } from './rivals6.ts';
import { WANTED } from './single-server6.ts';

export const pair6: Bench = {
  name: 'pair6',
  family: 6,
  question:
    'How fast and how dear is a DHCPv6 exchange when every REPLY waits until the partner has the leases too?',
  run: async ({ scale, contenders, modes, clients, points, tls, beside, wants }) => {
    const tables: BenchTable[] = [];
    for (const mode of modes) {
      for (const wanted of wants) {
        for (const kind of clients) {
          const choice: PairChoice6 = { mode, wants: wanted, tls };
          const makers = contenders.flatMap((contender) => {
            const singles = beside.includes('single') ? kindsOf([contender]) : [];
            return [
              ...singles.map((one) => () => createSingle6(one, wanted, `${one.name}, one server`)),
              () => createPair6(contender, choice),
            ];
          });
          const title = `${mode}, ${WANTED[wanted]}, ${kind}${tls ? ', TLS between the servers' : ''}`;
          tables.push({ ...(await loadRivals(makers, points, kind, scale)), title });
        }
      }
    }
    return tables;
  },
};
