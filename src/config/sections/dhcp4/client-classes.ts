/** `client-classes` of DHCPv4: with options of their own and boot fields. */
import { formatIpv4 } from '../../../base/ipv4.ts';
import type { Surroundings } from '../../../classes/parse.ts';
import { DHCP4_SPACE } from '../../../dhcp4/option-definitions.ts';
import type { OptionSpaces } from '../../../options/spaces.ts';
import type { ClientClassConfig } from '../../class-model.ts';
import { child, type Path, quote } from '../../problem.ts';
import type { Report } from '../../report.ts';
import { isMap, list } from '../../schema/collections.ts';
import { defineMap, type Values } from '../../schema/map.ts';
import { integer, ipv4, orEmpty, text, UINT32_MAX } from '../../schema/scalars.ts';
import { classRules, readClass, readClasses } from '../client-classes.ts';
import { readDefinitions } from '../option-def.ts';
import { BOOT_FILE_NAME_OCTETS_MAX, SERVER_HOSTNAME_OCTETS_MAX } from './network.ts';

export const clientClassSchema = defineMap('client-classes[]', {
  ...classRules,
  'option-def': list(),
  'next-server': ipv4(),
  'server-hostname': orEmpty(text(SERVER_HOSTNAME_OCTETS_MAX)),
  'boot-file-name': orEmpty(text(BOOT_FILE_NAME_OCTETS_MAX)),
  'offer-lifetime': integer(0, UINT32_MAX),
});

type ClassValues = Values<typeof clientClassSchema.rules>;

const ALL_ONES = 0xffffffff;

/** @param spaces the options that exist outside of the classes */
export function readClientClasses(
  entries: readonly unknown[],
  spaces: OptionSpaces,
  at: Path,
  report: Report,
): readonly ClientClassConfig[] {
  const read = (values: ClassValues, className: string, surroundings: Surroundings, place: Path) => {
    const definitionsAt = child(place, 'option-def');
    checkDefinitions(values['option-def'], definitionsAt, report);
    const own = readDefinitions(values['option-def'], spaces, definitionsAt, report);
    return {
      ...readClass(className, values, own, surroundings, place, report),
      ...readBootFields(values, place, report),
    };
  };
  return readClasses(clientClassSchema, entries, spaces, read, at, report);
}

function readBootFields(
  values: ClassValues,
  at: Path,
  report: Report,
): Pick<ClientClassConfig, 'nextServer' | 'serverHostname' | 'bootFileName' | 'offerLifetimeSec'> {
  const nextServer = values['next-server'] ?? 0;
  if (nextServer === ALL_ONES)
    report.error(child(at, 'next-server'), formatIpv4(ALL_ONES), 'the address of a server');
  return {
    nextServer: nextServer === 0 ? null : nextServer,
    serverHostname: values['server-hostname'] ?? null,
    bootFileName: values['boot-file-name'] ?? null,
    offerLifetimeSec: values['offer-lifetime'] ?? null,
  };
}

/** Vendors have 43 and the private codes, each class its own meaning of them. */
function checkDefinitions(entries: readonly unknown[] | undefined, at: Path, report: Report): void {
  for (const [index, entry] of (entries ?? []).entries()) {
    if (!isMap(entry)) continue;
    const { code, space } = entry as { readonly code?: unknown; readonly space?: unknown };
    const isPrivate = typeof code === 'number' && (code === 43 || (code >= 224 && code <= 254));
    if (!isPrivate || (space ?? DHCP4_SPACE) !== DHCP4_SPACE)
      report.error(
        child(child(at, index), 'code'),
        `${String(code)} in the space ${quote(String(space ?? DHCP4_SPACE))}`,
        '43 or a code from 224 to 254 in the space "dhcp4"',
      );
  }
}
