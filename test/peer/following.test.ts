/** Whether the partner, which synchronizes by the stream, gets whatever changes: asked, lent, ended. */
import t from 'tap';
import { Following } from '../../src/peer/following.ts';
import type { PartnerStream } from '../../src/peer/model.ts';

function follow(isLent: boolean, sendsUpdates = true) {
  const stream = { isUp: true, hasLog: isLent };
  const following = new Following(stream as Partial<PartnerStream> as PartnerStream, sendsUpdates);
  const answers: (string | null)[] = [];
  return { stream, following, answers, answer: (refused: string | null) => void answers.push(refused) };
}

t.test('the answer comes when the log is lent', async (t) => {
  const { following, answers, answer } = follow(false);
  t.equal(following.isOn, false);
  following.asked('withhold', answer);
  t.match(following, { isOn: true, isAsked: true });
  t.same(answers, []);
  following.lent();
  t.match(following, { isOn: true, isAsked: false });
  t.same(answers, [null]);
  following.lent();
  t.equal(answers.length, 1, 'once');
});

t.test('a log that is lent already need not be waited for', async (t) => {
  const { following, answers, answer } = follow(true);
  following.asked('send', answer);
  t.same(answers, [null]);
  following.asked('send', answer);
  t.same(answers, [null, null], 'and asks again');
});

t.test('but where updates are withheld it was called back, and is drained first', async (t) => {
  const { stream, following, answers, answer } = follow(true);
  following.asked('withhold', answer);
  t.same(answers, []);
  following.lent();
  stream.hasLog = true;
  following.asked('withhold', answer);
  t.same(answers, [null, null], 'unless it was lent for that');
});

t.test('who keeps or sends no updates is of no use', async (t) => {
  const { following, answers, answer } = follow(false);
  following.asked('queue', answer);
  t.match(answers, [/are being kept/]);
  following.sendsUpdates = false;
  following.asked('send', answer);
  t.match(answers[1], /send-lease-updates/);
  t.equal(following.isOn, false);
});

t.test('it goes over into normal operation, and ends with that', async (t) => {
  const { following, answer } = follow(false);
  following.asked('withhold', answer);
  following.lent();
  following.modeChanged('send');
  t.equal(following.isOn, true);
  following.modeChanged('withhold');
  t.equal(following.isOn, false);
});

t.test('who waits for the log asks anew when the state is another one', async (t) => {
  const { following, answers, answer } = follow(false);
  following.asked('send', answer);
  following.modeChanged('withhold');
  t.match(following, { isOn: true, isAsked: true });
  following.modeChanged('queue');
  t.match(following, { isOn: false, isAsked: false });
  t.match(answers, [/are being kept/]);
});

t.test('an end tells who waits', async (t) => {
  const { following, answers, answer } = follow(false);
  following.asked('withhold', answer);
  following.end('leases come by request');
  t.match(following, { isOn: false, isAsked: false });
  following.end('again');
  t.same(answers, ['leases come by request']);
});

t.test('it ends with the stream, and says so once', async (t) => {
  const { stream, following, answers, answer } = follow(false);
  following.asked('withhold', answer);
  t.equal(following.streamChanged(), false, 'the stream is up');
  stream.isUp = false;
  t.equal(following.streamChanged(), true);
  t.equal(following.streamChanged(), false);
  t.match(following, { isOn: false, isAsked: false });
  t.same(answers, [], 'there is nobody to be told');
});
