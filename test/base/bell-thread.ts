/** A worker of bell.test.ts: sleeps in poll() with a long timeout until the number it waits for has been stored, again and again. */
import { parentPort, workerData } from 'node:worker_threads';
import { Bell, type BellMemory } from '../../src/base/bell.ts';
import { drainEventFd, signalEventFd } from '../../src/io/eventfd.ts';
import { Poller } from '../../src/io/poll.ts';

const { memory, news, rounds } = workerData as {
  memory: BellMemory;
  news: SharedArrayBuffer;
  rounds: number;
};
/** A lost wake-up is a round that takes as long. */
const TIMEOUT_MS = 20_000;

const bell = new Bell(memory, signalEventFd);
const poller = new Poller([memory.eventFd]);
/** 0: the last news; 1: the last that were read. */
const words = new Int32Array(news);
let timeouts = 0;
let sleeps = 0;
for (let seen = 0; seen < rounds; ) {
  bell.lieDown();
  if (Atomics.load(words, 0) === seen) {
    sleeps++;
    if (poller.wait(TIMEOUT_MS) === 0) timeouts++;
    else drainEventFd(memory.eventFd);
  }
  bell.getUp();
  seen = Atomics.load(words, 0);
  Atomics.store(words, 1, seen);
}
parentPort!.postMessage({ timeouts, sleeps });
