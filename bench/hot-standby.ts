/** End to end: a hot-standby pair whose every ACK waits for both servers. */
import { TANDEM } from '../src/demo/local-server.ts';
import { KEA } from './kea.ts';
import { loadRivals } from './load-run.ts';
import type { Bench } from './model.ts';
import { type Rival, startPair } from './rivals.ts';

export const hotStandby: Bench = {
  name: 'hot-standby',
  question: 'What is left of it when every ACK waits until the partner has the lease too?',
  run: async ({ scale, kea }) => {
    const rivals: Rival[] = [];
    try {
      rivals.push(await startPair(TANDEM));
      if (kea) {
        rivals.push(await startPair(KEA));
        rivals.push(await startPair(TANDEM, KEA));
        rivals.push(await startPair(KEA, TANDEM));
      }
      return await loadRivals(rivals, scale);
    } finally {
      for (const rival of rivals) await rival.close();
    }
  },
};
