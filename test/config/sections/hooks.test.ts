/** `hooks-libraries`: which libraries there are, and what they need. */
import t from 'tap';
import { parseConfig } from '../../../src/config/load.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import { checkRefused, dhcp4, NOT_YET } from '../fixtures/marked-file.ts';
import { AT, branch, hooks, hub, P1, P2 } from '../fixtures/relationship.ts';

checkRefused({
  'hook libraries': [
    [
      dhcp4('"hooks-libraries": [ §{} ]'),
      'Dhcp4/hooks-libraries[0]/library',
      'nothing',
      'a string that is not blank',
    ],
    [
      dhcp4('"hooks-libraries": [ { "library": §"/x/libdhcp_mine.so" } ]'),
      'Dhcp4/hooks-libraries[0]/library',
      '"/x/libdhcp_mine.so"',
      'a library of Kea such as libdhcp_lease_cmds.so',
    ],
    [
      dhcp4('"hooks-libraries": [ { §"library": "/x/libdhcp_radius.so" } ]'),
      'Dhcp4/hooks-libraries[0]/library',
      '"/x/libdhcp_radius.so"',
      `libdhcp_lease_cmds.so or libdhcp_ha.so${NOT_YET}`,
    ],
    [
      dhcp4(
        '"hooks-libraries": [ { "library": "libdhcp_lease_cmds.so" }, { "library": §"/y/libdhcp_lease_cmds.so" } ]',
      ),
      'Dhcp4/hooks-libraries[1]/library',
      '"/y/libdhcp_lease_cmds.so" a second time',
      'each library once',
    ],
    [
      dhcp4(
        `"hooks-libraries": [ { "library": §"libdhcp_ha.so", "parameters": { "high-availability": [ { "this-server-name": "a", "mode": "hot-standby", "peers": [ ${P1}, ${P2} ] } ] } } ]`,
      ),
      'Dhcp4/hooks-libraries[0]/library',
      'the ha library without the lease_cmds library',
      'libdhcp_lease_cmds.so in the same list: the servers exchange leases by its commands',
    ],
    [hooks('§{}'), 'Dhcp4/hooks-libraries[1]/parameters/high-availability', 'nothing', 'a list'],
    [
      hooks('{ "high-availability": §{} }'),
      'Dhcp4/hooks-libraries[1]/parameters/high-availability',
      'a map',
      'a list',
    ],
    [
      hooks('{ "high-availability": §[] }'),
      'Dhcp4/hooks-libraries[1]/parameters/high-availability',
      'an empty list',
      'a list of at least one relationship',
    ],
    [hooks('{ "high-availability": [ §null ] }'), AT, 'null', 'a map'],
  ],
});

t.test('several relationships are read in the order of the file', async (t) => {
  const result = parseConfig(hub(branch('a', 8001), branch('b', 8002)), 'kea.conf');
  t.same(result.ok && result.config.relationships.map((each) => each.thisServerName), ['hub-a', 'hub-b']);
});

t.test('the name of this server cannot be replaced in several relationships', async (t) => {
  const result = parseConfig(hub(branch('a', 8001), branch('b', 8002)), 'kea.conf', {
    thisServerName: 'hub-a',
  });
  t.match(
    result.ok ? '' : result.problems.map(formatProblem)[0],
    /found --this-server-name with several relationships/,
  );
});
