import t from 'tap';
import { secondsWaited } from '../../src/dhcp4/secs.ts';

t.test('[scenario 61] secs may be in the wrong byte order', async (t) => {
  for (const [secs, seconds] of [
    [0, 0],
    [10, 10],
    [255, 255],
    [256, 1],
    [0x0500, 5],
    [0x0501, 0x0501],
    [0x0f00, 15],
    [0xffff, 0xffff],
  ] as const)
    t.equal(secondsWaited(secs), seconds, `secs ${secs}`);
});
