/**
 * Seals the octets of one direction, or opens them: AES-256-GCM as TLS 1.3 uses it (RFC 8446 5.2, 5.3), with keys of secrets
 * that both sides have taken along from their TLS session.
 *
 *     key, iv       HKDF-SHA-256 of the secret, "tandem stream key"; the next secret: "tandem stream next"
 *     nonce         iv XOR the number of the envelope, 64 bits, big-endian, from 0
 *
 * Every ENVELOPES_PER_KEY envelopes the next secret takes the place of the one before, on both sides: nobody has to say so.
 */
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { assert } from '../base/assert.ts';
import { SECRET_BYTES } from '../io/session-secrets.ts';
import { ENVELOPES_MAX, ENVELOPES_PER_KEY } from './limits.ts';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const IV_BYTES = 12;
export const TAG_BYTES = 16;
const TAG = { authTagLength: TAG_BYTES };
const NO_SALT = new Uint8Array(0);
/** Where the low and the high half of the number stand in a nonce. */
const [HIGH_AT, LOW_AT] = [4, 8];

/** For tests: nobody seals millions of envelopes there. */
export interface SealLimits {
  readonly envelopesPerKey: number;
  readonly envelopesMax: number;
}

export const SEAL_LIMITS: SealLimits = { envelopesPerKey: ENVELOPES_PER_KEY, envelopesMax: ENVELOPES_MAX };

export class Seal {
  readonly #limits: SealLimits;
  #secret: Uint8Array;
  #current: { readonly key: KeyObject; readonly iv: DataView };
  readonly #nonceBytes = new Uint8Array(IV_BYTES);
  readonly #nonce = new DataView(this.#nonceBytes.buffer);
  #number = 0;

  /** @param secret of this direction, 32 octets */
  constructor(secret: Uint8Array, limits: SealLimits = SEAL_LIMITS) {
    assert(secret.length === SECRET_BYTES, 'a secret has 32 octets');
    this.#limits = limits;
    this.#secret = secret;
    this.#current = keyOf(secret);
  }

  /** Whether it has done all that it may. */
  get isSpent(): boolean {
    return this.#number >= this.#limits.envelopesMax;
  }

  /**
   * Seals one envelope. Pre: it is not spent.
   * @param header goes in plain, and cannot be changed either
   * @param into gets the octets and the tag behind them
   */
  seal(header: Uint8Array, octets: Uint8Array, into: Uint8Array): void {
    const { key, nonce } = this.#next();
    const cipher = createCipheriv(ALGORITHM, key, nonce, TAG);
    cipher.setAAD(header);
    into.set(cipher.update(octets));
    cipher.final();
    into.set(cipher.getAuthTag(), octets.length);
  }

  /**
   * Opens the next envelope. Pre: it is not spent.
   * @param sealed the octets and their tag
   * @returns null when this is not what the other side sealed next, under this header; nothing can be opened afterwards
   */
  open(header: Uint8Array, sealed: Uint8Array): Uint8Array | null {
    const tagAt = sealed.length - TAG_BYTES;
    const { key, nonce } = this.#next();
    const decipher = createDecipheriv(ALGORITHM, key, nonce, TAG);
    decipher.setAAD(header);
    decipher.setAuthTag(sealed.subarray(tagAt));
    const octets = decipher.update(sealed.subarray(0, tagAt));
    try {
      decipher.final();
    } catch {
      return null;
    }
    return octets;
  }

  #next(): { readonly key: KeyObject; readonly nonce: Uint8Array } {
    const number = this.#number;
    assert(!this.isSpent, 'a number seals one envelope');
    if (number > 0 && number % this.#limits.envelopesPerKey === 0) {
      this.#secret = derive(this.#secret, 'tandem stream next', SECRET_BYTES);
      this.#current = keyOf(this.#secret);
    }
    this.#number++;
    const { key, iv } = this.#current;
    const nonce = this.#nonce;
    nonce.setUint32(0, iv.getUint32(0));
    nonce.setUint32(HIGH_AT, iv.getUint32(HIGH_AT) ^ Math.floor(number / 2 ** 32));
    nonce.setUint32(LOW_AT, iv.getUint32(LOW_AT) ^ number);
    return { key, nonce: this.#nonceBytes };
  }
}

function keyOf(secret: Uint8Array): { readonly key: KeyObject; readonly iv: DataView } {
  const material = derive(secret, 'tandem stream key', KEY_BYTES + IV_BYTES);
  const key = createSecretKey(material.subarray(0, KEY_BYTES));
  return { key, iv: new DataView(material.buffer, KEY_BYTES, IV_BYTES) };
}

function derive(secret: Uint8Array, purpose: string, bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hkdfSync('sha256', secret, NO_SALT, purpose, bytes));
}
