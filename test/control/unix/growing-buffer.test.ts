import t from 'tap';
import { GrowingBuffer } from '../../../src/control/unix/growing-buffer.ts';

t.test('pieces of any size come back as one text', async (t) => {
  const buffer = new GrowingBuffer();
  const text = 'äbc€'.repeat(5000);
  const bytes = Buffer.from(text);
  for (let at = 0, step = 1; at < bytes.length; at += step, step = (step * 3) % 4999 || 1) {
    buffer.push(bytes.subarray(at, at + step));
  }
  t.equal(buffer.length, bytes.length);
  t.equal(buffer.text(buffer.length), text);
  t.equal(buffer.text(4), 'äbc');
});

t.test('a cleared buffer is empty and can be used again', async (t) => {
  const buffer = new GrowingBuffer();
  buffer.push(Buffer.from('first'));
  buffer.clear();
  t.equal(buffer.length, 0);
  buffer.push(Buffer.from('ok'));
  t.equal(buffer.text(2), 'ok');
});

t.test('single octets cost no more than twice their number', async (t) => {
  const buffer = new GrowingBuffer();
  const before = process.memoryUsage().arrayBuffers;
  const octet = Buffer.from('x');
  for (let count = 0; count < 1_000_000; count++) buffer.push(octet);
  t.equal(buffer.length, 1_000_000);
  // What the doubling left behind may not be collected yet: together less than another buffer.
  t.ok(process.memoryUsage().arrayBuffers - before < 5_000_000);
});
