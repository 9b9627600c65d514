/** What a script is run for, of DHCPv6. */
import t from 'tap';
import { MessageType } from '../../../src/dhcp6/codes.ts';
import { scriptCalls6 } from '../../../src/hooks/dhcp6/environment.ts';
import { LeaseEventKind } from '../../../src/lease/events.ts';
import { lease6, prefix6 } from '../../lease/dhcp6/support/plain.ts';
import { event6, query6 } from './lease-event.ts';

const HOST = { interfaceIndex: () => '2', removesExpired: false };
const former = [lease6({ iaid: 1 }), prefix6({ iaid: 2 })];
const written = former.map((lease, at) => ({ lease, isRenewed: at === 0 }));
const ias = [
  { code: 25, iaid: 1, t1Sec: 7, t2Sec: 8 },
  { code: 3, iaid: 1, t1Sec: 5, t2Sec: 6 },
];

const pointsOf = (fields: Parameters<typeof event6>[0]): string[] =>
  scriptCalls6(event6(fields), HOST).map(({ hookPoint }) => hookPoint);

t.test('each kind of event has the calls that Kea makes', async (t) => {
  const { granted, renewed, released, declined, expired, recovered } = LeaseEventKind;
  const by = (messageType: number) => query6({ messageType, ias });
  t.same(pointsOf({ kind: granted, written }), ['leases6_committed']);
  t.same(pointsOf({ kind: renewed, written, query: by(MessageType.request) }), ['leases6_committed']);
  t.same(pointsOf({ kind: renewed, written, query: by(MessageType.renew) }), [
    'lease6_renew',
    'leases6_committed',
  ]);
  t.same(pointsOf({ kind: renewed, written, query: by(MessageType.rebind) }), [
    'lease6_rebind',
    'leases6_committed',
  ]);
  t.same(pointsOf({ kind: released, former }), ['lease6_release', 'lease6_release', 'leases6_committed']);
  t.same(pointsOf({ kind: declined, former, written }), [
    'lease6_decline',
    'lease6_decline',
    'leases6_committed',
  ]);
  t.same(pointsOf({ kind: expired, former: former.slice(1) }), ['lease6_expire']);
  t.same(pointsOf({ kind: recovered, former: former.slice(1) }), ['lease6_expire', 'lease6_recover']);
});

t.test('leases of a message, those that go on with their identity association', async (t) => {
  const query = query6({ messageType: MessageType.renew, ias });
  const [renewal, committed] = scriptCalls6(
    event6({ kind: LeaseEventKind.renewed, written, replaced: [lease6({ iaid: 9 })], query }),
    HOST,
  );
  t.match(renewal?.environment, {
    LEASE6_TYPE: 'IA_NA',
    LEASE6_IAID: '1',
    PKT6_IA_IAID: '1',
    PKT6_IA_IA_T1: '5',
    PKT6_IA_IA_T2: '6',
    PKT6_IA_IA_TYPE: '3',
    QUERY6_TYPE: 'RENEW',
    QUERY6_TXID: String(0xabcdef),
  });
  t.match(committed?.environment, {
    LEASES6_SIZE: '2',
    LEASES6_AT1_TYPE: 'IA_PD',
    LEASES6_AT1_PREFIX_LEN: String(former[1]!.prefixLength),
    DELETED_LEASES6_SIZE: '1',
    DELETED_LEASES6_AT0_IAID: '9',
  });
});

t.test('options of relays in hexadecimal digits; nothing that no environment can hold', async (t) => {
  const lease = lease6({ hostname: 'a\0b', hwAddress: new Uint8Array(0) });
  const query = query6({ interfaceId: Uint8Array.of(0xab, 0), subscriberId: new Uint8Array(0) });
  const [call] = scriptCalls6(event6({ written: [{ lease, isRenewed: false }], query }), HOST);
  t.match(call?.environment, {
    LEASES6_AT0_HOSTNAME: 'ab',
    LEASES6_AT0_HWADDR: '',
    LEASES6_AT0_HWADDR_TYPE: '',
    QUERY6_OPTION_18: '0xAB00',
    QUERY6_OPTION_38: '0x',
  });
  t.notOk('QUERY6_OPTION_37' in call!.environment);
});
