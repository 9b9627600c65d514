import t from 'tap';
import { ALL_RELAYS_AND_SERVERS, ALL_SERVERS, CLIENT_PORT, SERVER_PORT } from '../../src/dhcp6/codes.ts';
import { word } from '../oracle/datagram6.ts';

t.test('[RFC8415 7.1, 7.2] the groups and the ports', async (t) => {
  t.same(ALL_RELAYS_AND_SERVERS.flatMap(word), [0xff, 2, ...new Array(11).fill(0), 1, 0, 2], 'ff02::1:2');
  t.same(ALL_SERVERS.flatMap(word), [0xff, 5, ...new Array(11).fill(0), 1, 0, 3], 'ff05::1:3');
  t.same([CLIENT_PORT, SERVER_PORT], [546, 547]);
});
