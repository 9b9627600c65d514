import t from 'tap';
import { MessageType, OptionCode } from '../../src/dhcp4/codes.ts';
import { Conversation, createReply } from './conversation.ts';

const ADDRESS = 0x0a010203;
const SERVER = 0x7f000002;

t.test('an exchange is DISCOVER, REQUEST for what was offered, and done with the ACK', async (t) => {
  const talk = new Conversation({ inFlightMax: 1 });
  talk.session.begin(0);
  const [discover] = talk.sent();
  t.equal(discover?.messageType, MessageType.discover);
  t.equal(discover?.option(OptionCode.requestedAddress), null);
  talk.offer(discover!, { address: ADDRESS, serverIdentifier: SERVER });
  const [request] = talk.sent();
  t.equal(request?.messageType, MessageType.request);
  t.equal(request?.xid, discover?.xid, 'the REQUEST has the transaction id of its DISCOVER (RFC 2131 4.4.1)');
  t.equal(request?.addressOption(OptionCode.requestedAddress), ADDRESS);
  t.equal(request?.addressOption(OptionCode.serverIdentifier), SERVER);
  t.equal(request?.ciaddr, 0);
  talk.ack(request!, { address: ADDRESS, leaseTimeSec: 60 });
  t.equal(talk.session.inFlight, 0);
  t.equal(talk.counts()['exchanges-completed'], 1);
  t.match(talk.ledger.get(ADDRESS), { client: 0, leaseTimeSec: 60 });
  t.equal(talk.memory.histograms.exchangeUs.count, 1);
});

t.test('a client that gives its lease back lets another one have the address', async (t) => {
  const talk = new Conversation({ inFlightMax: 1, releasing: true });
  for (let client = 0; client < 2; client++) {
    talk.session.begin(0);
    talk.offer(talk.sent()[0]!, { address: ADDRESS, serverIdentifier: SERVER });
    talk.ack(talk.sent()[0]!, { address: ADDRESS, leaseTimeSec: 60 });
    const [release] = talk.sent();
    t.equal(release?.messageType, MessageType.release);
    t.equal(release?.ciaddr, ADDRESS);
    t.equal(release?.addressOption(OptionCode.serverIdentifier), SERVER);
    t.equal(release?.option(OptionCode.requestedAddress), null);
    t.match(talk.ledger.get(ADDRESS), { client, leaseTimeSec: 0 });
  }
  t.match(talk.counts(), { 'exchanges-completed': 2, 'release-sent': 2, 'address-conflicts': 0 });
});

t.test('an answer to what was given up is no second answer', async (t) => {
  const talk = new Conversation({ inFlightMax: 1 });
  talk.session.begin(0);
  talk.offer(talk.sent()[0]!, { address: ADDRESS, serverIdentifier: SERVER });
  const [request] = talk.sent();
  talk.session.forget();
  talk.ack(request!, { address: ADDRESS, leaseTimeSec: 60 });
  t.match(talk.counts(), { abandoned: 1, 'duplicate-received': 0, 'repeat-received': 1 });
});

t.test('as many exchanges begin as the window allows, each of another client', async (t) => {
  const talk = new Conversation({ inFlightMax: 3 });
  talk.session.begin(0);
  const first = talk.sent();
  t.equal(first.length, 3);
  t.equal(
    new Set(first.map((query) => Buffer.from(query.option(OptionCode.clientIdentifier)!).toString('hex')))
      .size,
    3,
  );
  talk.complete(first[1]!);
  talk.session.begin(0);
  t.equal(talk.sent().length, 1, 'the place of the finished one is taken again');
});

t.test('no more exchanges begin than were asked for', async (t) => {
  const talk = new Conversation({ inFlightMax: 10, exchangesMax: 2 });
  talk.session.begin(0);
  const sent = talk.sent();
  t.equal(sent.length, 2);
  for (const discover of sent) talk.complete(discover);
  talk.session.begin(0);
  t.same(talk.sent(), []);
});

t.test('a silence is answered with the same query, its secs grown, at doubling intervals', async (t) => {
  const talk = new Conversation({ inFlightMax: 1, retryAfterMs: 1000 });
  talk.session.begin(0);
  const [discover] = talk.sent();
  const seen: [number, number][] = [];
  for (let ms = 0; ms < 12_000; ms += 100) {
    talk.advance(100);
    talk.session.retransmit();
    for (const query of talk.sent()) {
      seen.push([ms + 100, query.secs]);
      t.equal(query.xid, discover?.xid);
    }
  }
  t.same(seen, [
    [1000, 1],
    [3000, 3],
    [7000, 7],
    [11000, 11],
  ]);
  t.match(talk.counts(), { retransmitted: 4, timeouts: 4, 'discover-sent': 5 });
});

t.test('a client whose server fell silent after the OFFER goes back to DISCOVER', async (t) => {
  const talk = new Conversation({ inFlightMax: 1, retryAfterMs: 1000 });
  talk.session.begin(0);
  talk.offer(talk.sent()[0]!, { address: ADDRESS, serverIdentifier: SERVER });
  talk.sent();
  const types: number[] = [];
  for (let second = 0; second < 3; second++) {
    talk.advance(1000);
    talk.session.retransmit();
    types.push(...talk.sent().map((query) => query.messageType));
  }
  t.same(types, [MessageType.request, MessageType.discover]);
});

t.test('a client gives up after its last DISCOVER, and another begins', async (t) => {
  const talk = new Conversation({ inFlightMax: 1, retryAfterMs: 10 });
  talk.session.begin(0);
  for (let turn = 0; turn < 20; turn++) {
    talk.advance(1000);
    talk.session.retransmit();
  }
  t.equal(talk.counts().abandoned, 1);
  t.equal(talk.session.inFlight, 0);
});

t.test('a refused client begins again with DISCOVER', async (t) => {
  const talk = new Conversation({ inFlightMax: 1 });
  talk.session.begin(0);
  talk.offer(talk.sent()[0]!);
  talk.nak(talk.sent()[0]!);
  t.equal(talk.sent()[0]?.messageType, MessageType.discover);
  t.equal(talk.counts()['nak-received'], 1);
  t.equal(talk.ledger.size, 0);
});

t.test("the second server's answer to a query that was sent once is a duplicate", async (t) => {
  const talk = new Conversation({ inFlightMax: 1 });
  talk.session.begin(0);
  const [discover] = talk.sent();
  talk.offer(discover!, { server: 0 });
  talk.offer(discover!, { server: 1 });
  t.equal(talk.counts()['duplicate-received'], 1);
  const [request] = talk.sent();
  talk.ack(request!, { server: 0 });
  talk.ack(request!, { server: 1 });
  t.match(talk.counts(), {
    'duplicate-received': 2,
    'server-0-acks': 1,
    'server-1-acks': 1,
    'repeat-received': 0,
  });
  t.equal(talk.counts()['exchanges-completed'], 1);
});

t.test('a second answer of the same server, or after a retransmission, is a repeat', async (t) => {
  const talk = new Conversation({ inFlightMax: 1, retryAfterMs: 100 });
  talk.session.begin(0);
  const [discover] = talk.sent();
  talk.offer(discover!, { server: 0 });
  talk.offer(discover!, { server: 0 });
  t.match(talk.counts(), { 'duplicate-received': 0, 'repeat-received': 1 });
  talk.advance(200);
  talk.session.retransmit();
  talk.offer(discover!, { server: 1 });
  t.match(talk.counts(), { 'duplicate-received': 0, 'repeat-received': 2 });
});

t.test('an address that another live client holds is a conflict', async (t) => {
  const talk = new Conversation({ inFlightMax: 2 });
  talk.session.begin(0);
  const [one, other] = talk.sent();
  talk.complete(one!, { address: ADDRESS });
  t.equal(talk.counts()['address-conflicts'], 0);
  talk.complete(other!, { address: ADDRESS });
  t.equal(talk.counts()['address-conflicts'], 1);
  t.same(talk.ledger.conflicts(), [{ address: ADDRESS, earlierClient: 0, laterClient: 1 }]);
});

t.test(
  'renewing clients ask for the address they hold, with ciaddr and without options 50 and 54',
  async (t) => {
    const talk = new Conversation({ inFlightMax: 1, clients: { kind: 'renewing', count: 1 } });
    talk.session.begin(0);
    talk.complete(talk.sent()[0]!, { address: ADDRESS });
    talk.session.begin(0);
    const [renewal] = talk.sent();
    t.equal(renewal?.messageType, MessageType.request);
    t.equal(renewal?.ciaddr, ADDRESS);
    t.equal(renewal?.option(OptionCode.requestedAddress), null);
    t.equal(renewal?.option(OptionCode.serverIdentifier), null);
    talk.ack(renewal!, { address: ADDRESS });
    t.match(talk.counts(), { 'renewals-completed': 1, 'exchanges-completed': 1, 'address-conflicts': 0 });
  },
);

t.test('a renewing client that is refused asks for a new address', async (t) => {
  const talk = new Conversation({ inFlightMax: 1, clients: { kind: 'renewing', count: 1 } });
  talk.session.begin(0);
  talk.complete(talk.sent()[0]!, { address: ADDRESS });
  talk.session.begin(0);
  talk.nak(talk.sent()[0]!);
  const [discover] = talk.sent();
  t.equal(discover?.messageType, MessageType.discover);
  t.equal(discover?.ciaddr, 0);
});

t.test('answers that belong to nobody are counted and change nothing', async (t) => {
  const talk = new Conversation({ inFlightMax: 1 });
  talk.session.begin(0);
  const [discover] = talk.sent();
  const stray = createReply((discover!.xid ^ 0x10000) >>> 0, MessageType.offer);
  talk.session.receive(stray, 0, stray.length, 0);
  talk.session.receive(stray, 0, 10, 0);
  talk.session.receive(stray, 0, stray.length, -1);
  t.match(talk.counts(), { 'stray-received': 1, 'malformed-received': 2 });
  t.same(talk.sent(), []);
  t.equal(talk.session.inFlight, 1);
});

t.test('with a rate, exchanges begin as time passes and not as answers come', async (t) => {
  const talk = new Conversation({ inFlightMax: 1000 });
  for (let ms = 0; ms < 1000; ms++) {
    talk.advance(1);
    talk.session.begin(200);
  }
  t.equal(talk.sent().length, 200);
});

t.test(
  'a window may be narrowed while exchanges are in flight, and what is in flight be given up',
  async (t) => {
    const talk = new Conversation({ inFlightMax: 3 });
    talk.session.begin(0);
    const discovers = talk.sent();
    t.equal(discovers.length, 3);
    talk.complete(discovers[0]!);
    talk.session.begin(0, 1);
    t.same(talk.sent(), [], 'two are more than one');
    talk.session.forget();
    t.match(talk.counts(), { abandoned: 2, 'exchanges-completed': 1 });
    t.equal(talk.session.inFlight, 0);
    talk.session.begin(0, 1);
    t.equal(talk.sent().length, 1);
  },
);
