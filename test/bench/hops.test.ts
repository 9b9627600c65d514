import t from 'tap';
import { layOut } from '../../bench/hops.ts';
import { parseCalls } from '../../bench/syscall-trace.ts';

const SCRIPT = `
   7  100.000001000: syscalls:sys_exit_poll:
   9  100.000010000: syscalls:sys_enter_sendmmsg:
   7  100.000011000: syscalls:sys_enter_fdatasync:
   9  100.000012500: syscalls:sys_exit_sendmmsg:
   7  100.000200000: syscalls:sys_exit_fdatasync:
lost or nothing
`;

t.test('the begin and the end of a call are joined by thread', async (t) => {
  const calls = parseCalls(SCRIPT);
  t.match(calls, [
    { tid: 7, name: 'poll', beginUs: Number.NEGATIVE_INFINITY },
    { tid: 9, name: 'sendmmsg' },
    { tid: 7, name: 'fdatasync' },
  ]);
  t.equal(Math.round((calls[1]!.endUs - calls[1]!.beginUs) * 10), 25);
});

t.test('what happens between REQUEST and ACK is laid out by time, what is rare is left out', async (t) => {
  const names = new Map([
    [1, 'load 1'],
    [2, 'primary journal'],
  ]);
  const calls = Array.from({ length: 10 }, (_, exchange) => {
    const at = exchange * 1000;
    const call = (tid: number, name: string, beginUs: number, endUs: number) => ({
      tid,
      name,
      beginUs,
      endUs,
    });
    return [
      call(1, 'sendmmsg', at, at + 5),
      call(1, 'sendmmsg', at + 100, at + 105),
      call(2, 'futex', at - 500, at + 150),
      call(2, 'fdatasync', at + 160, at + 900),
      ...(exchange === 3 ? [call(2, 'write', at + 950, at + 960)] : []),
    ];
  }).flat();
  t.same(layOut(calls, names).rows, [
    ['5', '0', 'load 1', 'sendmmsg', '100'],
    ['50', 'before', 'primary journal', 'futex', '100'],
    ['800', '60', 'primary journal', 'fdatasync', '100'],
  ]);
});
