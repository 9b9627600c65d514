/** Keys of Kea without code behind them, with values that ask for something. */
import { checkRefused, dhcp4, NOT_YET, subnet } from '../fixtures/marked-file.ts';

const S = 'Dhcp4/subnet4[0]';

checkRefused({
  'what is not implemented': [
    [
      dhcp4('§"shared-networks": [ { "name": "x" } ]'),
      'Dhcp4/shared-networks',
      'a list of 1',
      `an empty list${NOT_YET}`,
    ],
    [
      dhcp4('§"client-classes": [ { "name": "x" } ]'),
      'Dhcp4/client-classes',
      'a list of 1',
      `an empty list${NOT_YET}`,
    ],
    [dhcp4('§"option-def": [ {} ]'), 'Dhcp4/option-def', 'a list of 1', `an empty list${NOT_YET}`],
    [dhcp4('§"reservations": [ {} ]'), 'Dhcp4/reservations', 'a list of 1', `an empty list${NOT_YET}`],
    [subnet('§"reservations": [ {}, {} ]'), `${S}/reservations`, 'a list of 2', `an empty list${NOT_YET}`],
    [
      dhcp4('§"dhcp-ddns": { "enable-updates": true }'),
      'Dhcp4/dhcp-ddns',
      'a map',
      `a map with "enable-updates": false${NOT_YET}`,
    ],
    [
      dhcp4('§"hosts-database": { "type": "mysql" }'),
      'Dhcp4/hosts-database',
      'a map',
      `an empty map${NOT_YET}`,
    ],
    [dhcp4('§"store-extended-info": true'), 'Dhcp4/store-extended-info', 'true', `false${NOT_YET}`],
    [dhcp4('§"offer-lifetime": 60'), 'Dhcp4/offer-lifetime', '60', `0${NOT_YET}`],
    [
      dhcp4('"sanity-checks": { §"lease-checks": "fix" }'),
      'Dhcp4/sanity-checks/lease-checks',
      '"fix"',
      `"warn"${NOT_YET}`,
    ],
    [
      dhcp4('"compatibility": { §"lenient-option-parsing": true }'),
      'Dhcp4/compatibility/lenient-option-parsing',
      'true',
      `false${NOT_YET}`,
    ],
    [
      dhcp4('"reservation-mode": §"some"'),
      'Dhcp4/reservation-mode',
      '"some"',
      'one of "disabled", "out-of-pool", "global", "all"',
    ],
  ],
});
