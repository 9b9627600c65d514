/** The ways that queries come by, the clients that configurations know, and what is asked for when nothing else is said. */
import { type Relay, type Traffic, UNKNOWN_LINK } from './steps.ts';

const PEER = 'fe80::1234:5678:9abc:def0';

export const ON_LINK: readonly Relay[] = [];
export const by = (link: string, ...options: Relay['options']): readonly Relay[] => [
  { link, peer: PEER, options },
];
export const FAR = by('2001:db8:2::1');
export const hexOf = (text: string): string => Buffer.from(text).toString('hex');
export const interfaceId = (text: string) => [18, hexOf(text)] as const;

/** Clients whose DUID holds the hardware address 02:00:00:00:07:0n. */
export const KNOWN = [1, 2, 3].map((number) => `000300010200000007${`0${number}`}`);
export const colons = (hex: string): string => hex.replace(/..(?=.)/g, '$&:');

export const USUAL: Traffic = {
  ways: [ON_LINK, ON_LINK, FAR, FAR, by(UNKNOWN_LINK)],
  clients: [],
  hints: {
    na: ['2001:db8:1::1500', '2001:db8:2::1600', '2001:db8:1::ffff', '2001:db8:99::1', '::'],
    pd: ['2001:db8:8000:4200::/56', '2001:db8:9000:4200::/56', '2001:db8:99::/56', '::/56', '::/48', '::/64'],
  },
  options: [],
  requested: [],
  wishes: [[0, 0]],
};
