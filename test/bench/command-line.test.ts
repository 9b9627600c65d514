import t from 'tap';
import { readCommandLine, USAGE } from '../../bench/command-line.ts';

t.test('what is said and what is left out', async (t) => {
  const line = readCommandLine([
    'pair',
    '--quick',
    '--points',
    '1,500/s',
    '--family',
    '6',
    '--wants',
    'na',
    '--tls',
  ]);
  t.same(
    line.benches.map(({ name }) => name),
    ['pair6'],
  );
  t.match(line, {
    options: { scale: 'quick', wants: ['na'], tls: true, beside: [] },
    isWritten: false,
    json: null,
  });
  t.equal(line.options.points.length, 2);
  t.ok(readCommandLine([]).benches.length > 10, 'everything');
});

t.test('what there is not is said, with what there is', async (t) => {
  t.throws(() => readCommandLine(['speed']), /no "speed"; there are hash, /);
  t.throws(() => readCommandLine(['--modes', 'hub']), /no "hub"; there are hot-standby, load-balancing/);
  t.throws(() => readCommandLine(['--family', '5']), /no "5"; there are 4, 6/);
  t.throws(() => readCommandLine(['--fast']), /Unknown option '--fast'/);
});

t.test('every option is explained', async (t) => {
  t.ok(readCommandLine(['--help']).wantsHelp);
  for (const option of [
    'quick',
    'rivals',
    'points',
    'family',
    'wants',
    'modes',
    'clients',
    'beside',
    'bridge',
    'json',
    'write',
  ])
    t.match(USAGE, `--${option} `);
});
