import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import {
  allocatePolicies,
  type Policy,
  PolicyView,
  publishPolicy,
  UpdateMode,
} from '../../src/engine/policy.ts';
import { isOnePolicy, policyOf, ReaderWord } from './policy-sequence.ts';

t.test('before anything is published nobody is served', async (t) => {
  const view = new PolicyView(allocatePolicies(1));
  t.notOk(view.refresh());
  t.equal(view.serviceEnabled, 0);
  t.equal(view.updateMode, UpdateMode.off);
});

t.test('a policy is read once, and its version grows', async (t) => {
  const memory = allocatePolicies(1);
  const words = new Int32Array(memory);
  const view = new PolicyView(memory);
  const first = publishPolicy(words, 0, policyOf(4));
  t.ok(view.refresh());
  t.equal(view.version, first);
  t.ok(isOnePolicy(view));
  t.equal(view.scopes, 4);
  t.notOk(view.refresh(), 'nothing new');
  const second = publishPolicy(words, 0, policyOf(5));
  t.ok(second > first);
  t.ok(view.refresh());
  t.equal(view.version, second);
  t.equal(view.scopes, 5);
});

t.test('a shard that is started later reads the policy that is in force', async (t) => {
  const memory = allocatePolicies(1);
  const words = new Int32Array(memory);
  for (let number = 0; number < 10; number++) publishPolicy(words, 0, policyOf(number));
  const view = new PolicyView(memory);
  t.ok(view.refresh());
  t.equal(view.scopes, 9);
});

t.test('a reader on another thread never sees parts of two policies', async (t) => {
  const memory = allocatePolicies(1);
  const words = new Int32Array(memory);
  const report = new SharedArrayBuffer(16);
  const reader = new Int32Array(report);
  const thread = new Worker(new URL('./policy-thread.js', import.meta.url), {
    workerData: { memory, report },
  });
  const ended = once(thread, 'exit');
  for (let number = 1; Atomics.load(reader, ReaderWord.seen) < 500; number++) {
    publishPolicy(words, 0, policyOf(number));
    if (number % 1000 === 0) await nextTurn();
  }
  Atomics.store(reader, ReaderWord.stop, 1);
  await ended;
  t.equal(reader[ReaderWord.mixed], 0);
  t.equal(reader[ReaderWord.unordered], 0);
});

t.test('who answers nobody: a server without a scope of any relationship, or switched off', async (t) => {
  const memory = allocatePolicies(2);
  const words = new Int32Array(memory);
  const view = new PolicyView(memory);
  const answersNobody = (first: Partial<Policy>, second: Partial<Policy>): boolean => {
    for (const [at, more] of [first, second].entries())
      publishPolicy(words, at, { ...policyOf(0), serviceEnabled: true, ...more });
    view.refresh();
    return view.answersNobody;
  };
  const standby = { activeServers: 1, scopes: 0 } as const;
  t.ok(answersNobody(standby, standby));
  t.ok(answersNobody(standby, { activeServers: 2, scopes: 0 }));
  t.notOk(answersNobody(standby, { activeServers: 2, scopes: 2 }));
  t.notOk(answersNobody({ activeServers: 1, scopes: 1 }, standby));
  t.notOk(answersNobody(standby, { activeServers: 0, scopes: 0 }), 'no high availability: all are served');
  t.ok(answersNobody(standby, { activeServers: 0, scopes: 0, serviceEnabled: false }));
});
