import t from 'tap';
import { MessageType, OptionCode } from '../../../src/dhcp6/codes.ts';
import { ip6, prefix6 } from '../../engine/dhcp6/config.ts';
import { iaAddress, iaNa, iaPd, iaPrefix, opt, SERVER_ID } from '../../engine/dhcp6/messages.ts';
import { Conversation6 } from './conversation6.ts';

const { solicit, request, renew, release, relayForward } = MessageType;
const ADDRESS = iaNa(1, iaAddress('2001:db8:1::7', 1800, 3600));
const PREFIX = iaPd(2, iaPrefix('2001:db8:8000::/56', 1800, 7200));
const NO_BINDING = iaNa(1, opt(OptionCode.statusCode, [0, 3]));
const SERVER = Buffer.from(SERVER_ID).toString('hex');
const hex = (octets: Iterable<number>): string => Buffer.from([...octets]).toString('hex');

t.test('an exchange is SOLICIT, REQUEST for what was advertised, and done with the REPLY', async (t) => {
  const talk = new Conversation6({ inFlightMax: 1, wants: 'na+pd' });
  talk.session.begin(0);
  const [first] = talk.sent();
  t.equal(first?.bytes[0], relayForward);
  t.equal(hex(first!.bytes.subarray(2, 18)), hex(ip6('2001:db8:1::1')), 'the link is named');
  t.equal(first?.type, solicit);
  t.equal(first?.option(OptionCode.serverId), null);
  t.equal(first?.option(OptionCode.iaNa), '000000010000000000000000');
  t.equal(first?.option(OptionCode.iaPd), '000000020000000000000000');
  talk.advertise(first!, ADDRESS, PREFIX);
  const [second] = talk.sent();
  t.equal(second?.type, request);
  t.same(second?.xid, first?.xid);
  t.equal(second?.option(OptionCode.clientId), first?.option(OptionCode.clientId));
  t.equal(second?.option(OptionCode.serverId), SERVER);
  t.equal(second?.option(OptionCode.iaNa), hex(iaNa(1, iaAddress('2001:db8:1::7')).slice(4)));
  t.equal(second?.option(OptionCode.iaPd), hex(iaPd(2, iaPrefix('2001:db8:8000::/56')).slice(4)));
  talk.reply(second!, ADDRESS, PREFIX);
  t.equal(talk.session.inFlight, 0);
  t.match(talk.counts(), {
    'exchanges-completed': 1,
    'discover-sent': 1,
    'request-sent': 1,
    'offer-received': 1,
    'ack-received': 1,
    'malformed-received': 0,
  });
  t.match(talk.ledger.get(ip6('2001:db8:1::7')), { client: 0, leaseTimeSec: 3600 });
  t.match(talk.ledger.get(prefix6('2001:db8:8000::/56').prefix, 56), { client: 0, leaseTimeSec: 7200 });
});

for (const [wants, leases, absent] of [
  ['na', [ADDRESS], OptionCode.iaPd],
  ['pd', [PREFIX], OptionCode.iaNa],
] as const) {
  t.test(`clients that want ${wants} ask for nothing else`, async (t) => {
    const talk = new Conversation6({ inFlightMax: 1, wants });
    talk.session.begin(0);
    const [first] = talk.sent();
    t.equal(first?.option(absent), null);
    t.equal(talk.complete(first!, ...leases).option(absent), null);
    t.equal(talk.counts()['exchanges-completed'], 1);
    t.equal(talk.ledger.size, 1);
  });
}

t.test('clients on a link are behind no relay', async (t) => {
  const talk = new Conversation6({ inFlightMax: 1, link: 'eth0' });
  talk.session.begin(0);
  t.equal(talk.sent()[0]?.bytes[0], solicit);
});

t.test('renewing clients extend what they hold at the server that gave it', async (t) => {
  const talk = new Conversation6({
    inFlightMax: 1,
    wants: 'na+pd',
    clients: { kind: 'renewing', count: 1 },
  });
  talk.session.begin(0);
  talk.complete(talk.sent()[0]!, ADDRESS, PREFIX);
  talk.session.begin(0);
  const [renewal] = talk.sent();
  t.equal(renewal?.type, renew);
  t.equal(renewal?.option(OptionCode.serverId), SERVER);
  t.match(renewal?.option(OptionCode.iaNa), hex(ip6('2001:db8:1::7')));
  t.match(renewal?.option(OptionCode.iaPd), `38${hex(prefix6('2001:db8:8000::/56').prefix)}`);
  talk.reply(renewal!, ADDRESS, PREFIX);
  t.match(talk.counts(), { 'renewals-completed': 1, 'exchanges-completed': 1, 'address-conflicts': 0 });
  talk.session.begin(0);
  talk.reply(talk.sent()[0]!, NO_BINDING);
  t.equal(talk.sent()[0]?.type, solicit, 'what is refused is asked for anew');
  t.equal(talk.counts()['nak-received'], 1);
});

t.test('an ADVERTISE without leases is passed over, and the client asks on', async (t) => {
  const talk = new Conversation6({ inFlightMax: 1, wants: 'na+pd', retryAfterMs: 1000 });
  talk.session.begin(0);
  const [first] = talk.sent();
  talk.advertise(first!, ADDRESS);
  t.same(talk.sent(), [], 'the prefix is missing');
  t.match(talk.counts(), { 'nak-received': 1, 'offer-received': 0, 'duplicate-received': 0 });
  talk.advance(1000);
  talk.session.retransmit();
  const [again] = talk.sent();
  t.equal(again?.type, solicit);
  t.equal(again?.option(OptionCode.elapsedTime), '0064', 'for a second now');
});

t.test('a lease of another lifetime, of another IAID or of nothing is none', async (t) => {
  for (const options of [
    [iaNa(1, iaAddress('2001:db8:1::7', 0, 0))],
    [iaNa(9, iaAddress('2001:db8:1::7', 1, 1))],
    [],
  ]) {
    const talk = new Conversation6({ inFlightMax: 1 });
    talk.session.begin(0);
    talk.advertise(talk.sent()[0]!, ...options);
    t.equal(talk.counts()['nak-received'], 1);
  }
});

t.test('an address, or a prefix, that another live client holds is a conflict', async (t) => {
  const talk = new Conversation6({ inFlightMax: 2, wants: 'na+pd' });
  talk.session.begin(0);
  const [one, other] = talk.sent();
  talk.complete(one!, ADDRESS, PREFIX);
  t.equal(talk.counts()['address-conflicts'], 0);
  talk.complete(other!, iaNa(1, iaAddress('2001:db8:1::8', 1, 60)), PREFIX);
  t.equal(talk.counts()['address-conflicts'], 1);
  t.same(talk.ledger.conflicts(), [{ lease: '2001:db8:8000::/56', earlierClient: 0, laterClient: 1 }]);
});

t.test('a client that gives its leases back lets another one have them', async (t) => {
  const talk = new Conversation6({ inFlightMax: 1, wants: 'na+pd', releasing: true });
  for (let client = 0; client < 2; client++) {
    talk.session.begin(0);
    talk.complete(talk.sent()[0]!, ADDRESS, PREFIX);
    const [given] = talk.sent();
    t.equal(given?.type, release);
    t.equal(given?.option(OptionCode.serverId), SERVER);
    t.match(talk.ledger.get(ip6('2001:db8:1::7')), { client, leaseTimeSec: 0 });
  }
  t.match(talk.counts(), { 'exchanges-completed': 2, 'release-sent': 2, 'address-conflicts': 0 });
});

t.test('a server that makes up one DUID after the other is believed so often only', async (t) => {
  const talk = new Conversation6({ inFlightMax: 100 });
  talk.session.begin(0);
  talk.sent().forEach((query, index) => {
    const id = opt(OptionCode.serverId, [0, 3, 0, 1, 0, index]);
    talk.hear(Uint8Array.from([MessageType.advertise, ...query.xid, ...id, ...ADDRESS]));
  });
  t.match(talk.counts(), { 'offer-received': 63, 'malformed-received': 37 });
});

t.test('an answer to nobody, and the answer of a second server, are counted', async (t) => {
  const talk = new Conversation6({ inFlightMax: 1 });
  talk.session.begin(0);
  const [first] = talk.sent();
  const [high = 0, ...rest] = first!.xid;
  talk.hear(Uint8Array.from([MessageType.advertise, high ^ 1, ...rest, ...opt(2, SERVER_ID), ...ADDRESS]));
  t.equal(talk.counts()['stray-received'], 1);
  talk.advertise(first!, ADDRESS);
  talk.hear(Uint8Array.from([MessageType.advertise, ...first!.xid, ...opt(2, SERVER_ID), ...ADDRESS]), 1);
  t.equal(talk.counts()['duplicate-received'], 1);
});
