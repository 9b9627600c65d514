import t from 'tap';
import { isTornHeader, judgeHeader, LEASE_FILE_HEADER } from './support/dhcp4.ts';

const current = LEASE_FILE_HEADER.trimEnd();
const columns = current.split(',');

t.test('the header is that of Kea 2.4 and later', async (t) => {
  t.equal(
    LEASE_FILE_HEADER,
    'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id\n',
  );
});

t.test('a header decides how many columns the rows may have', async (t) => {
  const verdict = (names: readonly string[]) => judgeHeader(names.join(','));
  t.same(verdict(columns), { kind: 'accepted', columns: { min: 12, max: 12 }, isCurrent: true });
  t.same(verdict(columns.slice(0, 11)), {
    kind: 'accepted',
    columns: { min: 11, max: 12 },
    isCurrent: false,
  });
  t.same(verdict(columns.slice(0, 9)), { kind: 'accepted', columns: { min: 9, max: 12 }, isCurrent: false });
  t.same(verdict([...columns, 'new', 'newer']), {
    kind: 'accepted',
    columns: { min: 12, max: 14 },
    isCurrent: false,
  });
});

t.test('anything else is refused with what is wrong', async (t) => {
  const reason = (line: string) => {
    const verdict = judgeHeader(line);
    return verdict.kind === 'refused' ? verdict.reason : 'accepted';
  };
  t.match(reason(columns.slice(0, 8).join(',')), /ends after 8 columns; at least 9/);
  t.match(reason(''), /column 1 of its header is "" instead of "address"/);
  t.match(
    reason(current.replace('hwaddr,client_id', 'client_id,hwaddr')),
    /column 2 .* "client_id" instead of "hwaddr"/,
  );
  t.match(reason(`${current}\r`), /column 12 of its header is "pool_id\\r"/);
  t.match(reason('address,duid,valid_lifetime'), /DHCPv6 lease file/);
  t.match(reason(`\ufeff${current}`), /column 1/);
  t.ok(reason('x'.repeat(60_000)).length < 200, 'a long line is not repeated');
});

t.test('a file cut off inside its header is one whose creation was cut off', async (t) => {
  t.equal(isTornHeader(''), true);
  t.equal(isTornHeader('address,hwa'), true);
  t.equal(isTornHeader(current), false);
  t.equal(isTornHeader('adress'), false);
});
