/** A peer that moves while requests are under way. */
import t from 'tap';
import type { PeerCredentials } from '../../src/peer/credentials.ts';
import type { PeerAnswer, RenewablePeerClient, StreamOpening } from '../../src/peer/model.ts';
import { MovablePeerClient } from '../../src/peer/movable-client.ts';

/** A place whose answers come when the test says so. */
class Place implements RenewablePeerClient {
  readonly name = 'b';
  readonly role = 'standby';
  readonly sent: string[] = [];
  closed = 0;
  failure: string | null = null;
  readonly renewals: PeerCredentials[] = [];
  #answers: ((answer: PeerAnswer) => void)[] = [];

  request(command: string): Promise<PeerAnswer> {
    this.sent.push(command);
    return new Promise((resolve) => this.#answers.push(resolve));
  }

  requestBytes(body: Uint8Array): Promise<PeerAnswer> {
    return this.request(Buffer.from(body).toString());
  }

  async openStream(serverName: string): Promise<StreamOpening> {
    const answer = await this.request(serverName);
    return { kind: 'failed', reason: answer.kind };
  }

  renew(credentials: PeerCredentials): void {
    this.renewals.push(credentials);
  }

  async close(): Promise<void> {
    this.closed++;
  }

  answer(text: string): void {
    this.#answers.shift()!({ kind: 'answer', result: 0, text, arguments: undefined });
  }
}

t.test('requests under way end where they were sent, then that place is closed', async (t) => {
  const [one, two] = [new Place(), new Place()];
  const client = new MovablePeerClient(one);
  const first = client.request('first', null, 1000);
  const second = client.requestBytes(Buffer.from('second'), 1000);
  client.move(two);
  const third = client.request('third', null, 1000);
  t.same([one.sent, two.sent], [['first', 'second'], ['third']]);
  one.answer('1');
  t.match(await first, { text: '1' });
  t.equal(one.closed, 0, 'one more is under way');
  one.answer('2');
  t.match(await second, { text: '2' });
  t.equal(one.closed, 1);
  two.answer('3');
  t.match(await third, { text: '3' });
  t.equal(two.closed, 0);
});

t.test('an idle place is closed at once; closing closes all of them', async (t) => {
  const places = [new Place(), new Place(), new Place()] as const;
  const client = new MovablePeerClient(places[0]);
  client.move(places[1]);
  t.equal(places[0].closed, 1);
  void client.request('hangs', null, 1000);
  client.move(places[2]);
  t.equal(places[1].closed, 0);
  await client.close();
  t.same([places[1].closed, places[2].closed], [1, 1]);
});

t.test('the opening of a stream keeps its place until it has ended', async (t) => {
  const [one, two] = [new Place(), new Place()];
  const client = new MovablePeerClient(one);
  const opening = client.openStream('server1', 1000);
  client.move(two);
  t.equal(one.closed, 0);
  one.answer('1');
  t.match(await opening, { kind: 'failed', reason: 'answer' });
  t.equal(one.closed, 1);
  void client.openStream('server1', 1000);
  t.same([one.sent, two.sent], [['server1'], ['server1']]);
});

t.test('credentials go to the place of now, and its failure is ours', async (t) => {
  const [one, two] = [new Place(), new Place()];
  const client = new MovablePeerClient(one);
  client.move(two);
  client.renew({ tls: null, login: { user: 'a', password: 'b', digest: 'ab' } });
  t.same([one.renewals.length, two.renewals.length], [0, 1]);
  two.failure = 'refused';
  t.equal(client.failure, 'refused');
});
