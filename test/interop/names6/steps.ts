/** Messages of clients with names, as steps that are put to two servers. */
import { MessageType, OptionCode } from '../../../src/dhcp6/codes.ts';
import type { Ia, OptionHex, Step } from '../differential6/steps.ts';

const PREFIX = 2;

/** Option 39. @param name in wire form, an octet a character */
export function fqdn(flags: number, name: string): OptionHex {
  return [OptionCode.fqdn, Buffer.from([flags, ...Buffer.from(name, 'latin1')]).toString('hex')];
}

/** A name in wire form. @param text labels with dots between them; one behind the last makes it a whole name */
export function labels(text: string): string {
  return text
    .split('.')
    .map((label) => String.fromCharCode(label.length) + label)
    .join('');
}

/** DUID of client `number`, 1..65535. */
export function duidOf(number: number): string {
  return `0003000102000000${(0x1_0000 + number).toString(16).slice(1)}`;
}

/** An identity association of addresses. @param last of the address in 2001:db8:1::/64, hexadecimal digits */
export function address(last: string, iaid = 1): Ia {
  return { kind: 'na', iaid, parts: [`2001:db8:1::${last}`] };
}

export function prefix(iaid = PREFIX): Ia {
  return { kind: 'pd', iaid, parts: [] };
}

const NAMES = {
  solicit: MessageType.solicit,
  request: MessageType.request,
  renew: MessageType.renew,
  rebind: MessageType.rebind,
  release: MessageType.release,
  decline: MessageType.decline,
  confirm: MessageType.confirm,
  ask: MessageType.informationRequest,
} as const;
const FOR_ONE_SERVER: readonly number[] = [
  MessageType.request,
  MessageType.renew,
  MessageType.release,
  MessageType.decline,
];

/** A message of client `client`, who has a script of its own. */
export function step(
  name: keyof typeof NAMES,
  client: number,
  ias: readonly Ia[],
  ...options: OptionHex[]
): Step {
  const type = NAMES[name];
  return {
    script: client,
    type,
    duid: duidOf(client),
    server: FOR_ONE_SERVER.includes(type) ? 'own' : null,
    ias,
    options,
    relays: [],
  };
}
