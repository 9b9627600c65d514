/**
 * Both transition matrices of a pair, cell by cell. Columns: the partner's state as last learned; UN unavailable, DOWN
 * unavailable and taken for dead. "=" stays; lower-case letters are cells with a condition, resolved in `expected` for
 * the plain case; the conditions themselves have their own tests below. A partner-down server whose partner reports the
 * normal state of their mode stays: that partner sees partner-down here and resets itself.
 */
import t from 'tap';
import type { HaMode } from '../../../src/config/ha-model.ts';
import { HA_STATES, type HaStateName } from '../../../src/ha/machine/model.ts';
import { Machine } from '../support/machine.ts';
import { relationship } from '../support/relationship.ts';

const LOAD_BALANCING = `
| My state | CR | HS | LB | IM | PD | PIM | RDY | SYN | TRM | WAI | UN | DOWN |
| CR | a | WAI | a | PIM | WAI | IM | b | b | TRM | b | = | PD |
| LB | = | WAI | = | PIM | WAI | IM | = | = | TRM | = | c | PD |
| PD | WAI | WAI | = | = | WAI | WAI | d | = | TRM | = | = | = |
| RDY | LB | WAI | LB | PIM | = | IM | e | = | TRM | = | = | PD |
| SYN | f | WAI | f | f | f | f | f | f | TRM | f | = | PD |
| WAI | g | = | g | g | g | g | g | = | h | i | = | PD |
| PIM | = | = | = | = | = | = | = | = | = | = | PD | PD |
| IM | = | = | = | = | = | = | = | = | = | = | = | = |
| TRM | = | = | = | = | = | = | = | = | = | = | = | = |
`;

const HOT_STANDBY = `
| My state | CR | HS | LB | IM | PD | PIM | RDY | SYN | TRM | WAI | UN | DOWN |
| HS | WAI | = | WAI | PIM | WAI | IM | = | = | TRM | = | = | PD |
| PD | WAI | = | WAI | = | WAI | WAI | d | = | TRM | = | = | = |
| RDY | WAI | HS | WAI | PIM | = | IM | e | = | TRM | = | = | PD |
| SYN | WAI | f | WAI | f | f | f | f | f | TRM | f | = | PD |
| WAI | = | g | = | g | g | g | g | = | h | i | = | PD |
| PIM | = | = | = | = | = | = | = | = | = | = | PD | PD |
| IM | = | = | = | = | = | = | = | = | = | = | = | = |
| TRM | = | = | = | = | = | = | = | = | = | = | = | = |
`;

const NAMES: Record<string, HaStateName> = {
  CR: 'communication-recovery',
  HS: 'hot-standby',
  LB: 'load-balancing',
  IM: 'in-maintenance',
  PD: 'partner-down',
  PIM: 'partner-in-maintenance',
  RDY: 'ready',
  SYN: 'syncing',
  TRM: 'terminated',
  WAI: 'waiting',
};

interface Cell {
  readonly own: HaStateName;
  readonly column: string;
  readonly code: string;
}

function cells(table: string): Cell[] {
  const rows = table
    .trim()
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((field) => field.trim()),
    );
  const columns = rows[0]!.slice(1);
  return rows
    .slice(1)
    .flatMap((row) =>
      columns.map((column, index) => ({ own: NAMES[row[0]!]!, column, code: row[index + 1]! })),
    );
}

/** Where a cell leads, in the plain case, by this server's role. */
function expected(cell: Cell, mode: HaMode, isPrimary: boolean): HaStateName {
  const normal: HaStateName = mode === 'hot-standby' ? 'hot-standby' : 'load-balancing';
  switch (cell.code) {
    case '=':
    case 'b':
    case 'f':
    case 'h':
      return cell.own;
    case 'a':
      return 'load-balancing';
    case 'c':
      return 'communication-recovery';
    case 'd':
      return normal;
    case 'e':
      return isPrimary ? normal : cell.own;
    case 'g':
      return 'syncing';
    case 'i':
      return isPrimary ? 'syncing' : cell.own;
    default:
      return NAMES[cell.code]!;
  }
}

function enterCell(cell: Cell, machine: Machine): Machine {
  if (cell.column === 'UN') return machine.heartbeatFailed();
  if (cell.column !== 'DOWN') return machine.heartbeat(NAMES[cell.column]!);
  machine.silence();
  machine.clients(11);
  return machine.heartbeatFailed();
}

function testMatrix(mode: HaMode, table: string): void {
  for (const server of ['server1', 'server2']) {
    for (const cell of cells(table)) {
      const isPrimary = server === 'server1';
      const to = expected(cell, mode, isPrimary);
      t.test(
        `[scenario 1] ${mode} ${isPrimary ? 'primary' : 'other'}: ${cell.own}, partner ${cell.column} -> ${to}`,
        async (t) => {
          const machine = enterCell(cell, Machine.in(relationship(mode, server), cell.own));
          t.equal(machine.name, to);
          t.equal(machine.has('state-changed'), to !== cell.own);
          t.equal(machine.has('start-sync'), cell.code === 'f', 'synchronization starts in cells f only');
        },
      );
    }
  }
}

testMatrix('load-balancing', LOAD_BALANCING);
testMatrix('hot-standby', HOT_STANDBY);

t.test(
  '[scenario 1] the tables have a cell for every state of a pair and every state of its partner',
  async (t) => {
    const columns = [...Object.keys(NAMES), 'UN', 'DOWN'].sort();
    for (const [table, other] of [
      [LOAD_BALANCING, 'hot-standby'],
      [HOT_STANDBY, 'load-balancing'],
    ] as const) {
      const all = cells(table);
      const rows = [...new Set(all.map(({ own }) => own))];
      const withoutPartner = ['backup', 'passive-backup'];
      const ofOtherMode = other === 'load-balancing' ? [other, 'communication-recovery'] : [other];
      t.same(
        rows.toSorted(),
        HA_STATES.filter((name) => ![...withoutPartner, ...ofOtherMode].includes(name)).toSorted(),
      );
      for (const own of rows)
        t.same(
          all
            .filter((cell) => cell.own === own)
            .map(({ column }) => column)
            .sort(),
          columns,
        );
      t.ok(all.every(({ code }) => /^(=|[a-i]|[A-Z]{2,3})$/.test(code)));
    }
  },
);

const lb = relationship('load-balancing', 'server1');

t.test('note a: an interrupted communication-recovery stays until a good heartbeat', async (t) => {
  const machine = Machine.in(lb, 'communication-recovery').heartbeat('communication-recovery');
  t.equal(machine.name, 'load-balancing');
  const cut = Machine.in(lb, 'communication-recovery');
  cut.state = { ...cut.state, communication: { ...cut.state.communication, partnerState: 'load-balancing' } };
  cut.silence().submit({ kind: 'updates-completed' });
  t.equal(cut.name, 'communication-recovery', 'a partner state from before the silence does not count');
});

t.test('note a: a backlog is sent first, then load-balancing follows', async (t) => {
  const machine = Machine.in(lb, 'communication-recovery');
  machine.backlog = { length: 3, overflown: false };
  machine.heartbeat('load-balancing');
  t.equal(machine.name, 'communication-recovery');
  t.ok(machine.has('send-backlog'));
  machine.heartbeat('load-balancing');
  t.notOk(machine.has('send-backlog'), 'not twice at the same time');
  machine.backlog = { length: 0, overflown: false };
  machine.finish(true);
  t.equal(machine.name, 'load-balancing');
  t.ok(machine.has('clear-backlog'));
});

t.test('note a: entries that came while the backlog was sent are sent too', async (t) => {
  const machine = Machine.in(lb, 'communication-recovery');
  machine.backlog = { length: 3, overflown: false };
  machine.heartbeat('load-balancing');
  machine.backlog = { length: 1, overflown: false };
  machine.finish(true);
  t.equal(machine.name, 'communication-recovery');
  t.ok(machine.has('send-backlog'));
});

t.test('note a: an overflown backlog resets the partner, then this server', async (t) => {
  const machine = Machine.in(lb, 'communication-recovery');
  machine.backlog = { length: 100, overflown: true };
  machine.heartbeat('load-balancing');
  t.ok(machine.has('send-reset'));
  t.notOk(machine.has('send-backlog'));
  machine.finish(true);
  t.equal(machine.name, 'waiting');
  t.ok(machine.has('clear-backlog'));
});

t.test('note a: a failed reset is tried again at the next heartbeat, not at once', async (t) => {
  const machine = Machine.in(lb, 'communication-recovery');
  machine.backlog = { length: 100, overflown: true };
  machine.heartbeat('load-balancing').finish(false);
  t.equal(machine.name, 'communication-recovery');
  t.notOk(machine.has('send-reset'));
  machine.heartbeat('load-balancing');
  t.ok(machine.has('send-reset'));
});

t.test(
  '[scenario 46] note b: a restarted partner is waited for, unless updates for it were lost',
  async (t) => {
    for (const partner of ['waiting', 'syncing', 'ready'] as const) {
      const machine = Machine.in(lb, 'communication-recovery');
      machine.backlog = { length: 100, overflown: true };
      machine.heartbeat(partner);
      t.equal(machine.name, 'waiting');
      t.notOk(machine.has('send-reset'), 'the partner synchronizes anyway');
    }
  },
);

t.test('note c: delayed-updates-limit 0 keeps load-balancing', async (t) => {
  const machine = Machine.in({ ...lb, delayedUpdatesLimit: 0 }, 'load-balancing').heartbeatFailed();
  t.equal(machine.name, 'load-balancing');
});

t.test('note d: a ready partner with new unsent updates sends this server back to waiting', async (t) => {
  for (const mode of ['load-balancing', 'hot-standby'] as const) {
    const machine = Machine.in(relationship(mode, 'server1'), 'partner-down').heartbeat('ready', {
      unsent: 3,
    });
    t.equal(machine.name, 'waiting');
  }
});

t.test('note f: a synchronization that succeeds leads to ready, one that fails stays', async (t) => {
  const machine = Machine.in(lb, 'syncing').heartbeat('partner-down');
  t.ok(machine.has('stop-heartbeats'));
  machine.submit({ kind: 'partner-failed', reason: 'page' }).finish(false);
  t.equal(machine.name, 'syncing');
  t.ok(machine.has('start-heartbeats'));
  machine.submit({ kind: 'updates-completed' });
  t.notOk(machine.has('start-sync'), 'waits for a good heartbeat');
  machine.heartbeat('partner-down').finish(true);
  t.equal(machine.name, 'ready');
});

t.test('note f: a partner that was never heard of is synchronized from as well', async (t) => {
  t.ok(Machine.in(lb, 'syncing').submit({ kind: 'updates-completed' }).has('start-sync'));
});

t.test('note g: without sync-leases waiting leads to ready', async (t) => {
  const machine = Machine.in({ ...lb, syncLeases: false }, 'waiting').heartbeat('load-balancing');
  t.equal(machine.name, 'ready');
});

t.test('note h: ten whole minutes of a terminated partner terminate', async (t) => {
  const machine = Machine.in(lb, 'waiting').heartbeat('terminated');
  machine.nowMs += 599_999;
  t.equal(machine.heartbeat('terminated').name, 'waiting');
  machine.nowMs += 1;
  t.equal(machine.heartbeat('terminated').name, 'terminated');
});

t.test('any other partner state: communication-recovery gives up, the others stay', async (t) => {
  for (const partner of ['backup', 'passive-backup'] as const) {
    t.equal(Machine.in(lb, 'communication-recovery').heartbeat(partner).name, 'waiting');
    for (const own of ['load-balancing', 'partner-down', 'ready', 'waiting'] as const)
      t.equal(Machine.in(lb, own).heartbeat(partner).name, own);
    t.ok(Machine.in(lb, 'syncing').heartbeat(partner).has('start-sync'));
    const cut = Machine.in(lb, 'communication-recovery');
    cut.state = { ...cut.state, communication: { ...cut.state.communication, partnerState: partner } };
    t.equal(cut.silence().submit({ kind: 'updates-completed' }).name, 'communication-recovery');
  }
  for (const own of ['load-balancing', 'partner-down', 'ready', 'waiting'] as const)
    t.equal(Machine.in(lb, own).submit({ kind: 'updates-completed' }).name, own, 'nothing is known yet');
});
