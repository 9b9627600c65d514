/** Some kills of a real pair, and the witness that judges them. `npm run crash-test` kills as often as is wanted. */
import t from 'tap';
import { Ending } from '../support/ending.ts';
import { CrashStory } from './crash-story.ts';
import { diskViolations, heldTwice } from './witness.ts';

t.setTimeout(120_000);

const KILLS = 5;
const LEASE = '02:01:00:00:00:01 1800000000 0';
const held = [{ address: '10.0.0.10', hardware: '02:01:00:00:00:01' }];

t.test('the witness sees what is lost, what differs and what is given twice', async (t) => {
  const whole = new Map([['10.0.0.10', LEASE]]);
  t.same(diskViolations({ a: whole, b: whole }, held), []);
  t.match(diskViolations({ a: whole, b: new Map() }, held), [
    /not in the file of b/,
    /is .* on a, undefined on b/,
  ]);
  const another = new Map([['10.0.0.10', LEASE.replace('01 1', '02 1')]]);
  t.match(diskViolations({ a: another, b: another }, held), [/not in the file of a/, /not in the file of b/]);
  const ended = new Map([['10.0.0.10', LEASE.replace(/0$/, '2')]]);
  t.equal(diskViolations({ a: ended, b: ended }, held).length, 2, 'a lease that has been reclaimed is none');
  const longer = new Map([['10.0.0.10', LEASE.replace('18', '19')]]);
  t.equal(diskViolations({ a: whole, b: longer }, held).length, 1);
  t.same(heldTwice(held), []);
  t.match(heldTwice([...held, { ...held[0]!, hardware: '02:02:00:00:00:09' }]), [
    /held by .*:01 and by .*:09/,
  ]);
});

t.test('a pair whose processes are killed loses nothing and gives nothing twice', async (t) => {
  const ending = new Ending();
  t.teardown(() => ending.end());
  const wish = { mode: 'hot-standby', kills: KILLS, seed: 3 } as const;
  const { kills, served, violations } = await CrashStory.tell(ending, wish, (line) => t.comment(line));
  t.ok(kills >= KILLS);
  t.ok(served > 0);
  t.same(violations, []);
});
