/** Messages by which leases of DHCPv6 begin, go on and end: addresses and prefixes, directly and through relays. */
import { MessageType } from '../../src/dhcp6/codes.ts';
import { type Ia, type Relay, type Step, UNKNOWN_LINK } from './differential6/steps.ts';

const { solicit, request, confirm, renew, rebind, release, decline, informationRequest } = MessageType;
const hexOf = (text: string): string => Buffer.from(text, 'latin1').toString('hex');

/** Client identifiers: with a hardware address, with none, and one that can be printed. */
const LINKED = '00030001020000000101';
const ENTERPRISE = '0002000000096162';
const PRINTED = hexOf('printable');
/** The client behind each step, which has nothing to tell. */
export const BEHIND = '00:03:00:01:02:00:00:00:00:ff';

/** The hardware address of the client, which every relay knows. */
const STATION = [79, '0001020000000707'] as const;
const NEAREST: Relay = {
  link: '2001:db8:2::1',
  peer: 'fe80::200:ff:fe00:9',
  options: [[18, hexOf('port 3')], [37, `0000118b${hexOf('remote')}`], [38, hexOf('subscriber')], STATION],
};
const BARE: Relay = { link: '2001:db8:2::1', peer: 'fe80::200:ff:fe00:9', options: [STATION] };
const OUTER: Relay = {
  link: '::',
  peer: 'fe80::5',
  options: [
    [18, '0102'],
    [37, '0000118b01'],
  ],
};

const na = (iaid: number, ...parts: string[]): Ia => ({ kind: 'na', iaid, parts });
const pd = (iaid: number, ...parts: string[]): Ia => ({ kind: 'pd', iaid, parts });
/** Option 39: the name of the client. */
const NAME = [39, `0103${hexOf('one')}07${hexOf('example')}00`] as const;

function step(
  script: number,
  type: number,
  duid: string,
  ias: readonly Ia[],
  more: Partial<Step> = {},
): Step {
  const isForOne = [request, renew, release, decline].some((each) => each === type);
  return { script, type, duid, ias, server: isForOne ? 'own' : null, options: [], relays: [], ...more };
}

const near = { relays: [NEAREST] };
export const STEPS: readonly Step[] = [
  step(0, solicit, LINKED, [na(1), pd(2)]),
  step(0, request, LINKED, [na(1, 'own'), pd(2, 'own')], { options: [NAME] }),
  step(0, renew, LINKED, [na(1, 'own'), pd(2, 'own')], { options: [NAME] }),
  step(0, rebind, LINKED, [na(1, 'own'), pd(2, 'own')], { options: [NAME] }),
  step(0, renew, LINKED, [na(1, 'own'), na(9)], { options: [NAME] }),
  step(0, confirm, LINKED, [na(1, 'own')]),
  step(0, release, LINKED, [pd(2, 'own')]),
  step(0, decline, LINKED, [na(1, 'own')]),
  step(1, solicit, ENTERPRISE, [na(1), pd(1)], { ...near, options: [[14, '']] }),
  step(1, renew, ENTERPRISE, [na(1, 'own'), pd(1, 'own')], { relays: [NEAREST, OUTER] }),
  step(1, rebind, ENTERPRISE, [na(1, 'own')], { relays: [BARE, OUTER] }),
  step(1, release, ENTERPRISE, [na(1, 'own'), pd(1, 'own')], near),
  step(2, request, PRINTED, [na(1), na(2), pd(3)], { relays: [BARE] }),
  step(2, decline, PRINTED, [na(1, 'own'), na(2, 'own')], { relays: [BARE] }),
  // What follows changes no lease.
  step(3, solicit, LINKED, [na(1)]),
  step(3, confirm, LINKED, [na(1, '2001:db8:77::1')]),
  step(3, informationRequest, LINKED, []),
  step(3, request, LINKED, []),
  step(3, request, LINKED, [na(1)], { relays: [{ ...BARE, link: UNKNOWN_LINK }] }),
  step(3, rebind, LINKED, [na(1, '2001:db8:77::1')], { relays: [{ ...BARE, link: UNKNOWN_LINK }] }),
  step(3, release, LINKED, [na(5, '2001:db8:1::1777')]),
  step(3, decline, LINKED, [na(5, '2001:db8:1::1777')]),
  step(3, release, LINKED, []),
];
