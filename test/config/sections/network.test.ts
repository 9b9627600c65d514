/** Inherited keys with values that are refused. */
import { checkRefused, dhcp4, subnet } from '../fixtures/marked-file.ts';

const U32 = 'an integer from 0 to 4294967295';
const S = 'Dhcp4/subnet4[0]';

checkRefused({
  'lifetimes and timers': [
    [dhcp4('"valid-lifetime": §0'), 'Dhcp4/valid-lifetime', '0', 'an integer from 1 to 4294967295'],
    [dhcp4('"valid-lifetime": §"7200"'), 'Dhcp4/valid-lifetime', '"7200"', 'an integer from 1 to 4294967295'],
    [
      dhcp4('"valid-lifetime": 10', '"min-valid-lifetime": §11'),
      'Dhcp4/min-valid-lifetime',
      '11',
      'at most "valid-lifetime", which is 10',
    ],
    [
      dhcp4('"valid-lifetime": 10', '"max-valid-lifetime": §9'),
      'Dhcp4/max-valid-lifetime',
      '9',
      'at least "valid-lifetime", which is 10',
    ],
    [
      dhcp4('"min-valid-lifetime": §7201', '"max-valid-lifetime": 9000'),
      'Dhcp4/min-valid-lifetime',
      '7201',
      'at most "valid-lifetime", which is 7200',
    ],
    [
      dhcp4(
        '"min-valid-lifetime": 3000, "max-valid-lifetime": 9000',
        '"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "valid-lifetime": §600 } ]',
      ),
      `${S}/valid-lifetime`,
      '600',
      'at least "min-valid-lifetime", which is 3000',
    ],
    [
      dhcp4(
        '"min-valid-lifetime": 3000, "max-valid-lifetime": 9000',
        '"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "valid-lifetime": §9600 } ]',
      ),
      `${S}/valid-lifetime`,
      '9600',
      'at most "max-valid-lifetime", which is 9000',
    ],
    [
      dhcp4('"rebind-timer": 10', '"renew-timer": §11'),
      'Dhcp4/renew-timer',
      '11',
      'at most "rebind-timer", which is 10',
    ],
    [
      subnet('"rebind-timer": 10, "renew-timer": §11'),
      `${S}/renew-timer`,
      '11',
      'at most "rebind-timer", which is 10',
    ],
    [dhcp4('"t1-percent": §1'), 'Dhcp4/t1-percent', '1', 'a number above 0 and below 1'],
    [dhcp4('"t2-percent": §0'), 'Dhcp4/t2-percent', '0', 'a number above 0 and below 1'],
    [
      dhcp4('"calculate-tee-times": true', '"t1-percent": §0.9'),
      'Dhcp4/t1-percent',
      '0.9 as "t1-percent" and 0.875 as "t2-percent"',
      '"t1-percent" below "t2-percent"',
    ],
    [
      subnet('"t2-percent": §0.4, "calculate-tee-times": true'),
      `${S}/t2-percent`,
      '0.5 as "t1-percent" and 0.4 as "t2-percent"',
      '"t1-percent" below "t2-percent"',
    ],
    [dhcp4('"cache-threshold": §1.5'), 'Dhcp4/cache-threshold', '1.5', 'a number from 0 to 1'],
    [dhcp4('"cache-max-age": §-1'), 'Dhcp4/cache-max-age', '-1', U32],
    [dhcp4('"calculate-tee-times": §1'), 'Dhcp4/calculate-tee-times', '1', 'true or false'],
  ],
});
