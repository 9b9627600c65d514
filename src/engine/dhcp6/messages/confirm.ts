/** CONFIRM: whether a client that may have moved is still on the link of its addresses. [RFC8415 18.3.3] */
import { isInIpv6Prefix } from '../../../base/ipv6.ts';
import { OptionCode, StatusCode } from '../../../dhcp6/codes.ts';
import { ADDRESS_TEXT_BYTES, writeAddress } from '../../../lease/dhcp6/csv-address.ts';
import { answerOptions } from '../answer.ts';
import type { Context6 } from '../context.ts';
import { G6 } from '../statistics.ts';

const encoder = new TextEncoder();
const ON_LINK = { code: StatusCode.success, text: encoder.encode('All addresses are on-link') };
const BEFORE = encoder.encode('Address ');
const BEHIND = encoder.encode(' is not on link.');
const text = new Uint8Array(BEFORE.length + ADDRESS_TEXT_BYTES + BEHIND.length);
text.set(BEFORE);
const notOnLink = { code: StatusCode.notOnLink, text };

/** Serves a CONFIRM, which changes nothing. */
export function serveConfirm(context: Context6): number {
  const { query, subnet } = context;
  const { bytes, ias } = query;
  let count = 0;
  query.rewindIas();
  while (ias.next()) {
    if (ias.code !== OptionCode.iaNa) continue;
    for (; ias.nextBinding(); count++) {
      const at = ias.addressOffset;
      const isOnLink =
        subnet !== null && isInIpv6Prefix(bytes, at, subnet.config.prefix, 0, subnet.config.prefixLength);
      if (!isOnLink) return answerNotOnLink(context, bytes, at);
    }
  }
  // [RFC8415 18.3.3] Without an address there is nothing to say.
  return count === 0 ? G6['tandem-drop-nothing-to-confirm'] : answerOptions(context, ON_LINK);
}

function answerNotOnLink(context: Context6, bytes: Uint8Array, at: number): number {
  const end = writeAddress(text, BEFORE.length, bytes, at);
  text.set(BEHIND, end);
  notOnLink.text = text.subarray(0, end + BEHIND.length);
  return answerOptions(context, notOnLink);
}
