/**
 * The domain name of a client: what is reserved for it, what it has sent, or what the server makes up, by the settings of
 * its lease. The same for the options of both families, RFC 4702 and RFC 4704, as in Kea.
 */
import { HOSTNAME_BYTES_MAX } from '../../lease/limits.ts';
import { RowFlag } from '../../lease/row-flag.ts';
import {
  allocateOctets,
  DOMAIN_BYTES_MAX,
  DOMAIN_TEXT_BYTES_MAX,
  lowerDomain,
  readDomainText,
  writeDomainText,
} from '../../options/domain-name.ts';
import type { CompiledNames } from './names-settings.ts';
import { cleanLabels, qualify, setText, trimText } from './names-text.ts';

/** The text of the longest name, a suffix behind it and two dots. */
const TEXT_BYTES_MAX = DOMAIN_TEXT_BYTES_MAX + 2 * HOSTNAME_BYTES_MAX + 2;

export abstract class FqdnMaker {
  /** The name that the client has sent, in small letters; empty = it has sent none. */
  protected readonly sent = allocateOctets(DOMAIN_BYTES_MAX);
  /** It lacks its last labels. */
  protected isPartial = false;
  /** The outcome: the name in wire form, and its text with a dot at its end. */
  protected readonly wire = allocateOctets(DOMAIN_BYTES_MAX);
  protected readonly text = allocateOctets(TEXT_BYTES_MAX);
  protected readonly clean = allocateOctets(TEXT_BYTES_MAX);

  /** Writes what a name begins with that the server makes up into `text`: it gets the suffix behind it. */
  protected abstract generate(settings: CompiledNames): void;

  /**
   * Makes the name, in small letters.
   * @param reserved the name that is reserved for the client; empty = none
   * @returns false when there can be none: it was cleaned to nothing or to an empty label, or is too long for a lease
   */
  protected makeFqdn(settings: CompiledNames, reserved: Uint8Array): boolean {
    const { text, wire } = this;
    if (!this.#writeText(settings, reserved)) return false;
    trimText(text);
    if (readDomainText(text.bytes, 0, text.length, wire) === 0) return false;
    lowerDomain(wire);
    writeDomainText(wire, text, true);
    return text.length <= HOSTNAME_BYTES_MAX;
  }

  /** Whether the server has to make a name up. */
  protected isMadeUp({ replacesPresent }: CompiledNames, reserved: Uint8Array): boolean {
    return reserved.length === 0 && (replacesPresent || this.sent.length === 0);
  }

  #writeText(settings: CompiledNames, reserved: Uint8Array): boolean {
    const { text } = this;
    if (reserved.length > 0) setText(text, reserved, 0, reserved.length);
    else if (this.isMadeUp(settings, reserved)) this.generate(settings);
    else {
      if (!this.#takeSent(settings)) return false;
      if (!this.isPartial) return true;
    }
    qualify(text, settings.suffix, true);
    return true;
  }

  /** The text of the name that the client has sent. */
  #takeSent({ characters }: CompiledNames): boolean {
    const { clean, text } = this;
    if (characters === null) {
      writeDomainText(this.sent, text, true);
      if (this.isPartial && text.length > 1) text.length -= 1;
      return true;
    }
    writeDomainText(this.sent, clean, false);
    return cleanLabels(characters, clean, text) && text.length <= DOMAIN_TEXT_BYTES_MAX;
  }
}

/**
 * Which updates the server makes of a name. [RFC4702 4] [RFC4704 6]
 * @param wantsServer the client's flag S; @param wantsNone its flag N
 * @returns bits of `RowFlag`: the reverse one goes with the forward one, and may stand alone
 */
export function directionsOf(settings: CompiledNames, wantsServer: boolean, wantsNone: boolean): number {
  const { overridesClientUpdate, overridesNoUpdate, updates } = settings;
  if (!updates) return 0;
  if (wantsServer || (wantsNone ? overridesNoUpdate : overridesClientUpdate))
    return RowFlag.fqdnFwd | RowFlag.fqdnRev;
  return wantsNone ? 0 : RowFlag.fqdnRev;
}
