/**
 * Whose leases those of flexible identifiers are (flex_id with replace-client-id and ignore-iaid): Kea 3.0 and Tandem answer the
 * same, and their lease files name the same owners. The library of Kea 2.2 is not free.
 */
import t from 'tap';
import { MessageType } from '../../src/dhcp6/codes.ts';
import { createSide, play } from './differential6/side.ts';
import type { Ia, Step } from './differential6/steps.ts';
import { treeOf } from './differential6/tree.ts';
import { by, interfaceId, KNOWN, ON_LINK } from './differential6/ways.ts';
import { needServers } from './kea.ts';
import { farSubnet6, nearSubnet6 } from './scene6.ts';
import { SUBJECT } from './server.ts';
import type { FiledLease6 } from './server6.ts';

const { solicit, request, renew, rebind, release, informationRequest } = MessageType;
const behind = (port: string): Step['relays'] => by('2001:db8:2::1', interfaceId(port));

type Owned = readonly [kind: Ia['kind'], iaid: number, part?: string];

function step(
  script: number,
  type: number,
  relays: Step['relays'],
  duid: string | null,
  ...ias: Owned[]
): Step {
  return {
    script,
    type,
    duid,
    server: type === solicit || type === rebind ? null : 'own',
    ias: ias.map(([kind, iaid, part]) => ({ kind, iaid, parts: part === undefined ? [] : [part] })),
    options: [],
    relays,
  };
}

const [A, B, C] = KNOWN as [string, string, string];
const ADDRESS = '2001:db8:2::1500';
const PREFIX = '2001:db8:9000:1500::/56';
const STEPS: readonly Step[] = [
  step(0, request, behind('port1'), A, ['na', 5, ADDRESS], ['pd', 6, PREFIX]),
  step(1, request, behind('port1'), B, ['na', 7], ['pd', 8]),
  step(
    2,
    request,
    behind('port2'),
    A,
    ['na', 5, '2001:db8:2::1501'],
    ['na', 6, '2001:db8:2::1502'],
    ['pd', 9, '2001:db8:9000:1600::/56'],
  ),
  step(3, renew, behind('port1'), C, ['na', 77, ADDRESS]),
  step(4, renew, behind('port2'), C, ['na', 5, '2001:db8:2::1501'], ['na', 6, '2001:db8:2::1502']),
  step(5, request, ON_LINK, B, ['na', 5, '2001:db8:1::1500'], ['pd', 7, '2001:db8:8000:1500::/56']),
  step(6, request, behind('xy'), C, ['na', 5, '2001:db8:2::1503']),
  step(7, request, behind('y'.repeat(128)), C, ['na', 5, '2001:db8:2::1504']),
  step(8, request, behind('port3'), A, ['na', 5, ADDRESS]),
  step(9, release, behind('port1'), A, ['na', 1, ADDRESS]),
  ...[solicit, request, renew, rebind].map((type) =>
    step(
      10,
      type,
      behind('port4'),
      null,
      ['na', 5, '2001:db8:2::1505'],
      ['pd', 6, '2001:db8:9000:1700::/56'],
    ),
  ),
  step(10, informationRequest, behind('port4'), null),
  step(11, request, behind('xy'), null, ['na', 5]),
  step(12, request, ON_LINK, null, ['na', 5]),
  step(13, informationRequest, ON_LINK, null),
];

/** Leases whose address was asked for; that of the client that is always answered is not. */
function ownersOf(leases: readonly FiledLease6[]): string[] {
  return leases
    .filter(({ address, state }) => /:150\d(?:::)?|:1[567]00::/.test(address) && state === 0)
    .map(({ address, duid, iaid }) => `${address} ${duid} ${iaid}`)
    .sort();
}

for (const [what, parameters] of [
  ['', {}],
  [' and no IAID', { 'ignore-iaid': true }],
] as const)
  t.test(`leases of flexible identifiers${what}`, async (t) => {
    if (!needServers(t, ['kea 3.0'], ['ip'], 'kea-dhcp6')) return;
    const flexId = {
      'identifier-expression': 'relay6[0].option[18].hex',
      'replace-client-id': true,
      ...parameters,
    };
    const dhcp6 = {
      'hooks-libraries': [{ library: 'libdhcp_flex_id.so', parameters: flexId }],
      subnet6: [nearSubnet6(), farSubnet6()],
    };
    const [beside, network] = await Promise.all([createSide(t), createSide(t)]);
    const [kea, subject] = await Promise.all([
      play(t, beside, 'kea 3.0', dhcp6, STEPS),
      play(t, network, SUBJECT, dhcp6, STEPS),
    ]);
    for (const [index, reply] of subject.replies.entries())
      t.same(treeOf(reply), treeOf(kea.replies[index]!), JSON.stringify(STEPS[index]));
    t.same(ownersOf(subject.leases), ownersOf(kea.leases));
  });
