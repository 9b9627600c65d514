import t from 'tap';
import { createRefusalLog } from '../../../src/control/http/refusal-log.ts';

t.test('a sender is logged once a minute for each status, with the number left out', async (t) => {
  const lines: object[] = [];
  let nowMs = 0;
  const refused = createRefusalLog(
    (_id, fields) => lines.push(fields!),
    () => nowMs,
  );
  const bad = { status: 400, reason: 'Bad Request', remote: '127.0.0.1' };
  for (let i = 0; i < 100; i++) refused(bad);
  refused({ ...bad, status: 401 });
  refused({ ...bad, remote: '127.0.0.2' });
  t.equal(lines.length, 3);
  nowMs = 60_000;
  refused(bad);
  t.match(lines[3], { remote: '127.0.0.1', suppressed: 99 });
});

t.test('a flood from many senders makes a bounded number of lines', async (t) => {
  let lines = 0;
  let nowMs = 0;
  const refused = createRefusalLog(
    () => {
      lines += 1;
    },
    () => nowMs,
  );
  const flood = (): void => {
    for (let i = 0; i < 2000; i++) refused({ status: 400, reason: '', remote: `10.0.${i >> 8}.${i & 255}` });
  };
  flood();
  t.equal(lines, 64);
  nowMs = 60_000;
  flood();
  t.equal(lines, 128);
});
