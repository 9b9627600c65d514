import t from 'tap';
import { briefOf } from '../../bench/brief.ts';
import { FIGURE_COLUMNS } from '../../bench/load-figures.ts';

t.test('a line a load, a column a server', async (t) => {
  const table = {
    title: 'hot-standby, new',
    columns: ['load', 'server', ...FIGURE_COLUMNS],
    rows: [
      ['1 in flight', 'Tandem', '691', '1.21', '4.83', '9.16', '1,390 + 515', 'shard 481', '15.6', '0'],
      ['1 in flight', 'Kea', '506', '1.49', '2.76', '7.08', '1.2 + 0.35', 'others 1', '23', '31.9'],
      ['500/s', 'Tandem', '500', '1', '2', '3', '4 + 5', '', '6', '0.5'],
      ['500/s', 'Kea', '501', '1', '2', '3', '4 + 5', '', '6', '1'],
    ],
    digest: null,
  };
  t.same(briefOf(table), {
    title: 'hot-standby, new: exchanges/s · ACK p50 / p99 ms · processor µs an exchange',
    columns: ['load', 'Tandem', 'Kea'],
    rows: [
      [
        '1 in flight',
        '691/s · 1.21 / 4.83 ms · 1,910 µs',
        '506/s · 1.49 / 2.76 ms · 1.55 µs · 31.9 % sent again',
      ],
      ['500/s', '500/s · 1 / 2 ms · 9 µs', '501/s · 1 / 2 ms · 9 µs · 1 % sent again'],
    ],
    digest: null,
  });
});

t.test('what is no table of loads stays as it is', async (t) => {
  const table = { columns: ['server', 's'], rows: [['Tandem', '1']], digest: null };
  t.equal(briefOf(table), table);
});
