import t from 'tap';
import { Reflector } from '../../bench/reflector.ts';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { findFreeUdpPort } from '../../src/demo/ports.ts';
import { readLoadCounters } from '../../src/load/counters.ts';
import { runLoad } from '../../src/load/loop.ts';
import { LOAD_DEFAULTS, type LoadOptions, LoadWord, Stop } from '../../src/load/model.ts';
import { Conversation } from './conversation.ts';

const RELAY = 0x7f000003;
const SERVER = 0x7f000001;

/** The system's clock, which tells the loop to stop as soon as a condition holds: the loop leaves nobody else a turn. */
function stopWhen(control: SharedArrayBuffer, stop: number, condition: () => boolean): Clock {
  const words = new Int32Array(control);
  return {
    ...systemClock,
    monotonicMs: () => {
      if (condition()) Atomics.store(words, LoadWord.stop, stop);
      return systemClock.monotonicMs();
    },
  };
}

t.test('the loop sends, receives and, told to drain, returns with nothing in flight', async (t) => {
  const relay = { address: RELAY, port: await findFreeUdpPort('127.0.0.3') };
  const reflector = await Reflector.start(SERVER, relay);
  const options: LoadOptions = { ...LOAD_DEFAULTS, relay, servers: [reflector.endpoint], inFlightMax: 300 };
  const { memory } = new Conversation(options);
  let isReady = false;
  const counts = () => readLoadCounters(memory.counters);
  const clock = stopWhen(memory.control, Stop.drain, () => counts()['exchanges-completed'] > 1000);
  runLoad(options, memory, clock, () => {
    isReady = true;
  });
  await reflector.stop();
  t.ok(isReady);
  t.match(counts(), { 'in-flight': 0, 'send-failed': 0, 'malformed-received': 0 });
  t.ok(counts()['exchanges-completed'] >= 1000 + 1);
});

t.test('the loop retransmits when nobody answers, and returns at once when told to', async (t) => {
  const relay = { address: RELAY, port: await findFreeUdpPort('127.0.0.3') };
  const nobody = { address: SERVER, port: await findFreeUdpPort('127.0.0.1') };
  const options = { ...LOAD_DEFAULTS, relay, servers: [nobody], inFlightMax: 2, retryAfterMs: 30 };
  const { memory } = new Conversation(options);
  const counts = () => readLoadCounters(memory.counters);
  const clock = stopWhen(memory.control, Stop.now, () => counts().retransmitted >= 2);
  runLoad(options, memory, clock, () => {});
  t.match(counts(), { 'in-flight': 2, 'ack-received': 0 });
});
