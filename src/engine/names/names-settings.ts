/** The ddns-* and hostname-* settings of a subnet in the form that the hot path reads. */

import { type CharacterSet, compileCharacterSet } from '../../classes/character-set.ts';
import type { DdnsConfig } from '../../config/ddns-model.ts';

export interface CompiledNames {
  /** DNS updates are made for the clients of the subnet. */
  readonly updates: boolean;
  readonly overridesNoUpdate: boolean;
  readonly overridesClientUpdate: boolean;
  /** A name that the client sends is replaced by a generated one. */
  readonly replacesPresent: boolean;
  /** A client without a name gets a generated one. */
  readonly replacesAbsent: boolean;
  /** What a generated name begins with, its dash included. */
  readonly prefix: Uint8Array;
  readonly suffix: Uint8Array;
  /** Null = names are taken as they come. */
  readonly characters: CharacterSet | null;
  /** A renewal sends the name once more. */
  readonly updateOnRenew: boolean;
}

const encoder = new TextEncoder();

/** Where there is no subnet: nothing is done to names, and nobody is told of them. */
export const NO_NAMES: CompiledNames = {
  updates: false,
  overridesNoUpdate: false,
  overridesClientUpdate: false,
  replacesPresent: false,
  replacesAbsent: false,
  prefix: new Uint8Array(0),
  suffix: new Uint8Array(0),
  characters: null,
  updateOnRenew: false,
};

/** @param enableUpdates `dhcp-ddns.enable-updates` */
export function compileNames(config: DdnsConfig, enableUpdates: boolean): CompiledNames {
  const { replaceClientName } = config;
  return {
    updates: enableUpdates && config.sendUpdates,
    overridesNoUpdate: config.overrideNoUpdate,
    overridesClientUpdate: config.overrideClientUpdate,
    replacesPresent: replaceClientName === 'always' || replaceClientName === 'when-present',
    replacesAbsent: replaceClientName === 'always' || replaceClientName === 'when-not-present',
    prefix: encoder.encode(config.generatedPrefix.concat('-')),
    suffix: encoder.encode(config.qualifyingSuffix),
    characters: charactersOf(config),
    updateOnRenew: config.updateOnRenew,
  };
}

/** Those that cannot be compiled are refused where the file is read. */
function charactersOf({ hostnameCharSet, hostnameCharReplacement }: DdnsConfig): CharacterSet | null {
  if (hostnameCharSet === '') return null;
  const compiled = compileCharacterSet(hostnameCharSet, hostnameCharReplacement);
  return compiled.ok ? compiled.set : null;
}
