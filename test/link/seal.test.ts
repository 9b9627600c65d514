/** Sealing: what RFC 8446 5.3 makes of keys and numbers, computed here by hand. */
import { createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import t from 'tap';
import { SEAL_LIMITS, Seal, TAG_BYTES } from '../../src/link/seal.ts';

const SECRET = randomBytes(32);
const HEADER = Uint8Array.of(5, 0);
const TEXT = Buffer.from('lease');

function derived(secret: Uint8Array, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, bytes));
}

/** Opens what was sealed under a number. @throws when that is not so */
function openByHand(secret: Uint8Array, number: bigint, sealed: Uint8Array): string {
  const material = derived(secret, 'tandem stream key', 44);
  const nonce = Buffer.from(material.subarray(32));
  nonce.writeBigUInt64BE(nonce.readBigUInt64BE(4) ^ number, 4);
  const decipher = createDecipheriv('aes-256-gcm', material.subarray(0, 32), nonce);
  decipher.setAAD(HEADER).setAuthTag(sealed.subarray(TEXT.length));
  return decipher.update(sealed.subarray(0, TEXT.length)).toString() + decipher.final('utf8');
}

function sealed(seal: Seal): Uint8Array {
  const into = new Uint8Array(TEXT.length + TAG_BYTES);
  seal.seal(HEADER, TEXT, into);
  return into;
}

t.test('the nonce of an envelope is the iv XOR its number [RFC8446 5.3]', async (t) => {
  const seal = new Seal(SECRET);
  for (const number of [0n, 1n, 2n]) t.equal(openByHand(SECRET, number, sealed(seal)), 'lease');
  t.throws(() => openByHand(SECRET, 4n, sealed(seal)), 'which is number 3');
});

t.test('what was sealed opens once, in its place, under its header, by its secret', async (t) => {
  const seal = new Seal(SECRET);
  const [first, second] = [sealed(seal), sealed(seal)];
  const opener = new Seal(SECRET);
  t.equal(String(Buffer.from(opener.open(HEADER, first)!)), 'lease');
  t.equal(String(Buffer.from(opener.open(HEADER, second)!)), 'lease');
  t.equal(opener.open(HEADER, second), null, 'again');
  t.equal(new Seal(SECRET).open(HEADER, second), null, 'before its turn');
  t.equal(new Seal(SECRET).open(Uint8Array.of(6, 0), first), null, 'another header');
  t.equal(new Seal(randomBytes(32)).open(HEADER, first), null, 'another secret');
});

t.test('after so many envelopes both sides go on with the next secret', async (t) => {
  const limits = { ...SEAL_LIMITS, envelopesPerKey: 3 };
  const [seal, opener] = [new Seal(SECRET, limits), new Seal(SECRET, limits)];
  let secret: Uint8Array = SECRET;
  for (let number = 0; number < 10; number++) {
    if (number > 0 && number % 3 === 0) secret = derived(secret, 'tandem stream next', 32);
    const octets = sealed(seal);
    t.equal(openByHand(secret, BigInt(number), octets), 'lease', `number ${number}`);
    t.equal(String(Buffer.from(opener.open(HEADER, octets)!)), 'lease');
  }
});

t.test('a secret that has sealed all that it may seals no more', async (t) => {
  const seal = new Seal(SECRET, { ...SEAL_LIMITS, envelopesMax: 2 });
  sealed(seal);
  t.equal(seal.isSpent, false);
  sealed(seal);
  t.equal(seal.isSpent, true);
  t.throws(() => sealed(seal), /a number seals one envelope/);
});

t.test('a secret of another length is a fault of the program', async (t) => {
  t.throws(() => new Seal(randomBytes(16)), /32 octets/);
});
