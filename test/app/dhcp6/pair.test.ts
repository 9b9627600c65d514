/** Two DHCPv6 servers that survive each other: every lease is on both disks before its client hears of it. */
import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { MessageType, OptionCode } from '../../../src/dhcp6/codes.ts';
import { iaAddress, iaNa, iaPd, iaPrefix, message, opt, type Reply6 } from '../../engine/dhcp6/messages.ts';
import { NAMES, Pair6 } from './pair.ts';

const hasIpv6 = networkInterfaces()['lo']?.some(({ address }) => address === '::1') === true;
const skip = hasIpv6 ? false : 'this machine has no ::1';
const { addrRegInform, addrRegReply, solicit, rebind, release, renew, reply } = MessageType;
const RAPID = opt(OptionCode.rapidCommit);
const CLIENTS = 24;
const WAIT_MS = 30_000;

function granted(t: Test, answer: Reply6): string[] {
  t.equal(answer.type, reply);
  return answer.options.flatMap((option) => /\[(\S+?)(?:\/\d+)? \d+\/\d+\]/.exec(option)?.[1] ?? []);
}

t.test(
  '[scenario 58] hot-standby: both disks have a lease before its client; the survivor goes on, the other catches up',
  {
    skip,
  },
  async (t) => {
    const pair = await Pair6.start(t, 'hot-standby');
    const [a, b] = [pair.relay('a'), pair.relay('b')];
    const first = granted(t, await a.ask(message(solicit, 1, RAPID, iaNa(7), iaPd(8))));
    t.same(first, ['2001:db8:1::1000', '2001:db8:8001::']);
    for (const name of NAMES) t.same([...pair.filed(name).keys()], first, `on the disk of ${name}`);
    const second = granted(t, await a.ask(message(solicit, 2, RAPID, iaNa(7))));
    const ends = await a.ask(message(release, 2, iaNa(7, iaAddress(second[0]!))));
    t.equal(ends.type, reply);
    for (const name of NAMES)
      t.same([...pair.filed(name).keys()], first, `what is released is gone at ${name}`);

    const own = '2001:db8:1::abc';
    const registers = message(addrRegInform, 4, iaAddress(own, 1800, 3600));
    t.equal((await a.ask(registers, own)).type, addrRegReply);
    for (const name of NAMES) t.same([...pair.filed(name).keys()], [...first, own], `registered at ${name}`);

    await pair.kill('a');
    await pair.reach({ b: 'partner-down' });
    const held = [iaNa(7, iaAddress(first[0]!)), iaPd(8, iaPrefix(`${first[1]}/64`))];
    t.same(granted(t, await b.ask(message(rebind, 1, ...held))), first, 'the survivor knows the client');
    const third = granted(t, await b.ask(message(solicit, 3, RAPID, iaNa(7))));
    t.notOk(first.includes(third[0]!), 'nobody gets what another has');
    t.equal((await b.ask(registers, own)).type, addrRegReply, 'the survivor renews the registration');
    t.equal(await pair.statistic('b', 'tandem-registered-nas'), 1);

    await pair.again(t, 'a');
    await pair.reach({ a: 'hot-standby', b: 'hot-standby' });
    t.same([...pair.filed('a')].sort(), [...pair.filed('b')].sort(), 'what it has missed it has now');
    t.same(granted(t, await a.ask(message(renew, 1, ...held))), first);
  },
);

t.test(
  '[scenario 57] load-balancing: each client has one server, which gives from its own pools; both know all leases',
  {
    skip,
  },
  async (t) => {
    const pair = await Pair6.start(t, 'load-balancing');
    const answers = { a: [] as string[], b: [] as string[] };
    for (const name of NAMES) pair.relay(name).onReply((answer) => answers[name].push(...granted(t, answer)));
    for (let client = 1; client <= CLIENTS; client++)
      for (const name of NAMES) pair.relay(name).send(message(solicit, client, RAPID, iaNa(7)));
    const dropped = async (): Promise<number> => {
      const counts = NAMES.map((name) => pair.statistic(name, 'tandem-drop-out-of-scope'));
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    };
    const isDone = async () => answers.a.length + answers.b.length >= CLIENTS && (await dropped()) >= CLIENTS;
    for (const end = performance.now() + WAIT_MS; !(await isDone()) && performance.now() < end; )
      await sleep(20);
    t.equal(answers.a.length + answers.b.length, CLIENTS, 'one answer a client');
    t.equal(await dropped(), CLIENTS, 'and one server that leaves it to the other');
    t.ok(answers.a.length > 0 && answers.b.length > 0);
    t.ok(answers.a.every((address) => address.startsWith('2001:db8:1::1')));
    t.ok(answers.b.every((address) => address.startsWith('2001:db8:1::2')));
    const all = [...answers.a, ...answers.b].sort();
    for (const name of NAMES) t.same([...pair.filed(name).keys()].sort(), all, `on the disk of ${name}`);
  },
);
