/** Keys that mean something to JavaScript, in the arguments of every command: they are keys like others, or refused. */
import t from 'tap';
import { systemClock } from '../../src/base/clock.ts';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import type { CommandHandler } from '../../src/control/answer.ts';
import { createLease4Commands } from '../../src/control/commands/lease4.ts';
import { LeaseSubnets } from '../../src/control/commands/lease4-subnets.ts';
import { createLease6Commands } from '../../src/control/commands/lease6.ts';
import { LeaseSubnets6 } from '../../src/control/commands/lease6-subnets.ts';
import { storeBench6, TWO_SUBNETS } from '../engine/dhcp6/leases/store-bench.ts';
import { commandCases } from '../interop/command-cases.ts';
import { createTestStore } from '../peer/support/store.ts';
import { testDocument } from './library/support.ts';

const lifetime = { minSec: 1, defaultSec: 1, maxSec: 1 };

function everyCommand(): Map<string, CommandHandler> {
  const subnets = new LeaseSubnets([
    { id: 1, prefix: parseIpv4('10.0.0.0')!, prefixLength: 8, validLifetime: lifetime },
  ]);
  const leases = createLease4Commands({
    store: createTestStore(4_096, [1]).store,
    subnets: () => subnets,
    clock: systemClock,
    caller: 'administrator',
    leaseFile: () => null,
    yieldTurn: async () => {},
  });
  const document = testDocument({ subnet4: [{ id: 1, subnet: '10.0.0.0/8' }] });
  const library = document.commands.map(
    (name) => [name, (args: unknown) => document.run(name, args)] as const,
  );
  const bench = storeBench6();
  const leases6 = createLease6Commands({
    store: bench.store,
    subnets: () => LeaseSubnets6.of(TWO_SUBNETS),
    clock: systemClock,
    caller: 'administrator',
    leaseFile: () => null,
    yieldTurn: async () => {},
  });
  return new Map([...leases, ...leases6, ...library]);
}

/** As JSON.parse gives them: own keys, whatever they are called. */
function poisoned(args: object): unknown[] {
  const own = JSON.stringify(args).slice(1, -1);
  return ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'].flatMap((key) =>
    ['{"polluted":1}', '{"prototype":{"polluted":1}}', 'null', '"x"'].flatMap((value) => [
      JSON.parse(`{"${key}":${value}${own && `,${own}`}}`),
      JSON.parse(`{"user-context":{"${key}":${value}}${own && `,${own}`}}`),
      JSON.parse(`{"subnet4":[{"${key}":${value},"id":5}],"leases":[{"${key}":${value}}]}`),
      JSON.parse(`{"reservation":{"${key}":${value}},"client-classes":[{"${key}":${value},"name":"a"}]}`),
    ]),
  );
}

t.test('no key changes what a map is, in no command', async (t) => {
  const before = Object.getOwnPropertyNames(Object.prototype);
  const right = new Map(commandCases('kea 2.2').map(({ command, args }) => [command, args]));
  const results = new Set<number>();
  for (const [name, handler] of everyCommand()) {
    const args = right.get(name);
    for (const each of poisoned(
      typeof args === 'object' && args !== null && !Array.isArray(args) ? args : {},
    )) {
      const { result } = await handler(each);
      results.add(result);
    }
  }
  t.ok(results.has(0) && results.has(1), [...results].join());
  t.same(Object.getOwnPropertyNames(Object.prototype), before);
  t.equal(({} as { polluted?: unknown }).polluted, undefined);
});
