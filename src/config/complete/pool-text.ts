/** Ranges of addresses as Kea shows them: one that is a prefix as one. */
import type { AddressKind } from '../sections/addresses.ts';

export function poolText<A>(kind: AddressKind<A>, text: string): string {
  const [first = '', last] = text.split('-', 2).map((part) => part.trim());
  if (last === undefined) return prefixText(kind, first);
  const [from, to] = [kind.parse(first), kind.parse(last)];
  if (from === null || to === null) return text;
  const length = lengthOf(kind, from, to);
  const isPrefix =
    kind.compare(kind.first(from, length), from) === 0 && kind.compare(kind.last(from, length), to) === 0;
  return isPrefix ? `${kind.format(from)}/${length}` : `${kind.format(from)}-${kind.format(to)}`;
}

function prefixText<A>(kind: AddressKind<A>, text: string): string {
  const [address = '', length] = text.split('/', 2);
  const parsed = kind.parse(address.trim());
  return parsed === null || length === undefined ? text : `${kind.format(parsed)}/${length.trim()}`;
}

/** The longest prefix of `from` in which `to` lies too. */
function lengthOf<A>(kind: AddressKind<A>, from: A, to: A): number {
  let [least, most] = [0, kind.bits];
  while (least < most) {
    const middle = (least + most + 1) >> 1;
    if (kind.compare(kind.last(from, middle), to) >= 0) least = middle;
    else most = middle - 1;
  }
  return least;
}
