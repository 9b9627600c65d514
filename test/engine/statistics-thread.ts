/** A worker of statistics.test.ts: one of several that count at the same time. */
import { workerData } from 'node:worker_threads';
import { G, S, type StatisticsMemory, StatisticsWriter } from '../../src/engine/figures/statistics.ts';

const { memory, writer, rounds } = workerData as { memory: StatisticsMemory; writer: number; rounds: number };
const statistics = new StatisticsWriter(memory, writer);

for (let round = 0; round < rounds; round++) {
  statistics.add(G['pkt4-received']);
  statistics.addSubnet(0, S['assigned-addresses']);
}
