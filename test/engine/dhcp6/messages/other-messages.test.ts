/** DHCPv6 messages that change no lease, and those that get no answer. */
import t from 'tap';
import { MessageType, OptionCode } from '../../../../src/dhcp6/codes.ts';
import { BenchEngine6 } from '../bench-engine.ts';
import { config6, HOME, ip6, option } from '../config.ts';
import { duid, iaAddress, iaNa, iaPd, message, opt, oro, partsOf, relayed, SERVER_ID } from '../messages.ts';

const { solicit, request, confirm, rebind, informationRequest } = MessageType;
const UNICAST = { arrival: { interfaceName: 'eth0', isUnicast: true } };

t.test('CONFIRM', async (t) => {
  const engine = new BenchEngine6(config6());
  const asked = (...addresses: string[]) => {
    const answer = engine.ask(message(confirm, 1, iaNa(1, ...addresses.map((each) => iaAddress(each)))));
    return answer && partsOf(answer);
  };
  t.same(asked('2001:db8:1::77'), ['status 0']);
  t.same(asked('2001:db8:1::77', '2001:db8:2::1'), ['status 4']);
  t.equal(asked(), null);
  t.equal(engine.send(message(confirm, 1, iaPd(1))), 'tandem-drop-nothing-to-confirm');
  const nowhere = { arrival: { interfaceName: 'eth9', isUnicast: false } };
  const [status] = partsOf(engine.ask(message(confirm, 1, iaNa(1, iaAddress('2001:db8:1::77'))), nowhere)!);
  t.equal(status, 'status 4');
  const text = Buffer.from(engine.ask(message(confirm, 1, iaNa(1, iaAddress('2001:db8:2::1'))))!.bytes);
  t.ok(text.includes('Address 2001:db8:2::1 is not on link.'));
});

t.test('INFORMATION-REQUEST, with and without a DUID', async (t) => {
  const options = [option(23, ip6('2001:db8::53')), option(7, Uint8Array.of(9), { alwaysSend: true })];
  const engine = new BenchEngine6(config6({ subnets: [{ ...HOME, options }] }));
  const answer = engine.ask(message(informationRequest, 1, oro(23)))!;
  t.equal(answer.type, MessageType.reply);
  t.same(partsOf(answer), ['7=09', '23=20010db8000000000000000000000053']);
  const anonymous = Uint8Array.from([informationRequest, 1, 2, 3, ...oro(7)]);
  t.same(engine.ask(anonymous)!.options, [`2=${Buffer.from(SERVER_ID).toString('hex')}`, '7=09']);
  t.equal(engine.context.book.table.count(), 0);
});

t.test('messages for another server, and for none', async (t) => {
  const engine = new BenchEngine6(config6());
  const other = opt(OptionCode.serverId, [0, 3, 0, 1, 9, 9, 9, 9, 9, 9]);
  const named = Uint8Array.from([
    request,
    1,
    2,
    3,
    ...opt(OptionCode.clientId, duid(1)),
    ...other,
    ...iaNa(1),
  ]);
  t.equal(engine.send(named), 'tandem-drop-other-server');
  t.equal(engine.statistic('pkt6-not-for-us'), 1);
  const cases: [string, Uint8Array][] = [
    ['tandem-drop-bad-server-id', Uint8Array.from([request, 1, 2, 3, ...opt(1, duid(1)), ...iaNa(1)])],
    ['tandem-drop-bad-server-id', message(solicit, 1, opt(2, SERVER_ID))],
    ['tandem-drop-bad-client-id', Uint8Array.from([solicit, 1, 2, 3])],
    ['tandem-drop-bad-client-id', message(solicit, Uint8Array.of(0, 0, 0))],
    ['tandem-drop-message-type', message(MessageType.advertise, 1)],
    ['tandem-drop-message-type', message(MessageType.reply, 1)],
    ['tandem-drop-message-type', message(MessageType.addrRegInform, 1)],
    ['tandem-drop-message-type', message(77, 1)],
    ['tandem-drop-too-short', Uint8Array.of(1, 2)],
    ['tandem-drop-no-relay-message', relayed(new Uint8Array(0), '::', '::').subarray(0, 34)],
    ['tandem-drop-option-length', message(solicit, 1, opt(3, [1, 2]))],
    ['tandem-drop-too-long', message(solicit, 1, opt(99, new Uint8Array(3000)))],
  ];
  for (const [cell, datagram] of cases) t.equal(engine.send(datagram), cell, cell);
  t.equal(engine.statistic('pkt6-receive-drop'), cases.length + 1);
  t.same(engine.replies(), []);
  t.equal(engine.send(message(solicit, 1, iaNa(1)), { shed: true }), 'tandem-drop-solicit-shed');
});

t.test('messages to an address of this server alone: those for any server are dropped', async (t) => {
  const engine = new BenchEngine6(config6());
  for (const type of [solicit, confirm, rebind, informationRequest])
    t.equal(engine.send(message(type, 1, iaNa(1)), UNICAST), 'tandem-drop-unicast');
  t.not(engine.ask(message(request, 1, iaNa(1)), UNICAST), null);
  const through = relayed(message(solicit, 1, iaNa(1)), '2001:db8:1::1', 'fe80::1');
  t.not(engine.ask(through, UNICAST), null, 'a relay may send to it');
});
