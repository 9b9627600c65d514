import t from 'tap';
import { formatReport } from '../../src/demo/report.ts';
import { Screen, type Snapshot } from '../../src/demo/screen.ts';

const SNAPSHOT: Snapshot = {
  elapsedSec: 7.04,
  ratePerSec: 1999.6,
  p50Ms: 0.84,
  p99Ms: 12.36,
  waiting: 3,
  servers: [
    { name: 'server1', view: { state: 'down', leases: 0, drops: new Map() } },
    { name: 'server2', view: { state: 'partner-down', leases: 12_345, drops: new Map([['park-full', 7]]) } },
  ],
};

function record(isTTY: boolean): { screen: Screen; written: () => string } {
  let text = '';
  const screen = new Screen({ isTTY, write: (more) => (text += more) });
  return { screen, written: () => text };
}

t.test('where there is no terminal, a second is one line', async (t) => {
  const { screen, written } = record(false);
  screen.show(SNAPSHOT);
  t.equal(
    written(),
    '   7.0 s  2,000 exchanges/s, p50 0.8 ms, p99 12.4 ms  3 waiting  server1 down, 0 leases  ' +
      'server2 partner-down, 12,345 leases, drops park-full 7\n',
  );
});

t.test('on a terminal the table takes the place of the one before', async (t) => {
  const { screen, written } = record(true);
  screen.show(SNAPSHOT);
  const first = written();
  t.match(first, /server2.*partner-down.*12,345.*park-full 7/);
  t.notMatch(first, '\x1b[J');
  screen.show(SNAPSHOT);
  const lines = first.split('\n').length - 1;
  t.ok(written().startsWith(`${first}\x1b[${lines}A\x1b[J`), `goes up ${lines} lines and clears`);
});

t.test('events stay above the table', async (t) => {
  const { screen, written } = record(true);
  screen.show(SNAPSHOT);
  screen.event(7.1, 'kill -9 server1');
  t.match(written().split('\x1b[J').at(-1), /^ +7\.1 s.*kill -9 server1/);
  const before = written();
  screen.show(SNAPSHOT);
  t.notMatch(written().slice(before.length), '\x1b[J', 'nothing is cleared behind an event');
});

t.test('the report names every figure, and what was broken', async (t) => {
  const report = formatReport({
    exchanges: 40_000,
    p50Ms: 0.8,
    p99Ms: 3.2,
    longestGapMs: 2501,
    takeoverMs: 2010,
    recoveryMs: 1800,
    abandoned: 0,
    findings: [
      { invariant: 'this', held: true, detail: 'fine' },
      { invariant: 'that', held: false, detail: '1 faults' },
    ],
  });
  t.match(report, /40,000/);
  t.match(report, /0\.8 \/ 3\.2 ms/);
  t.match(report, /2501 ms/);
  t.match(report, /held.*this \(fine\)/);
  t.match(report, /BROKEN.*that \(1 faults\)/);
});
