/** The messages that a client without a lease sends, for tests that ask each of them with options of their own. */
import { MessageType } from '../../src/dhcp4/codes.ts';
import { ip } from '../engine/packets.ts';
import { ADDRESS, type ServerName } from './configuration.ts';

type MessageKind = readonly [what: string, type: number, options: readonly [number, number[]][]];

export function messageKinds(server: ServerName): readonly MessageKind[] {
  return [
    ['DISCOVER', MessageType.discover, []],
    ['REQUEST', MessageType.request, [[54, ip(ADDRESS[server])]]],
    [
      'a refused REQUEST',
      MessageType.request,
      [
        [50, ip('10.65.200.1')],
        [54, ip(ADDRESS[server])],
      ],
    ],
    ['INFORM', MessageType.inform, []],
  ];
}
