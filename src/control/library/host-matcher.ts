/** Which host a command means. */
import { type Answer, failure } from '../answer.ts';
import type { ArgumentMap } from '../arguments.ts';
import { isAnswer, needSubnetId } from './arguments.ts';
import type { DocumentFamily } from './edit.ts';
import { identifierOf, identifierText, type PlacedHost } from './hosts.ts';

/** Which host the arguments of reservation-get and -del mean, or the answer that refuses them. */
export function hostMatcher(
  family: DocumentFamily,
  map: ArgumentMap,
): ((host: PlacedHost) => boolean) | Answer {
  const target = refusedTarget(map);
  if (target !== null) return target;
  const subnetId = needSubnetId(map, 'subnet-id', 0);
  if (isAnswer(subnetId)) return subnetId;
  const { 'ip-address': address, 'identifier-type': type, identifier } = map;
  if (typeof address === 'string') {
    const wanted = family.addressText(address);
    return (host) => host.subnetId === subnetId && family.addressesOf(host.map).includes(wanted);
  }
  if (typeof type !== 'string' || typeof identifier !== 'string')
    return failure("either 'ip-address' or both 'identifier-type' and 'identifier' are needed");
  const value = identifierText(identifier);
  return (host) => {
    const own = identifierOf(family, host.map);
    return host.subnetId === subnetId && own?.type === type && own.value === value;
  };
}

/** `operation-target` may name what there is: the configuration, which Kea calls memory. */
export function refusedTarget({ 'operation-target': target = 'memory' }: ArgumentMap): Answer | null {
  if (target === 'memory' || target === 'all' || target === 'default' || target === 'primary') return null;
  return failure('there is no host database: reservations are kept in the configuration ("memory")');
}
