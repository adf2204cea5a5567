import t from 'tap';
import { countedAddress } from '../../src/calls/address.ts';

const same: readonly (readonly [is: string, ...written: string[]])[] = [
  ['192.0.2.1', '192.0.2.1', '192.0.2.1:443', '::ffff:192.0.2.1', '::FFFF:192.0.2.1'],
  ['198.51.100.234', '198.51.100.234', '198.51.100.234:8080', '::ffff:198.51.100.234'],
  ['2001:db8:1:2::/64', '2001:db8:1:2::', '2001:db8:1:2:3:4:5:6', '2001:DB8:1:2::9'],
  ['2001:db8:1:2::/64', '[2001:db8:1:2::9]:443', '[2001:db8:1:2::9]', '2001:0db8:0001:2::a'],
  ['2001:db8:0:0::/64', '2001:db8::1', '2001:db8:0::1', '2001:db8:0:0:1::'],
  ['0:0:0:0::/64', '::', '::1', '::192.0.2.1', '::0:1'],
  ['64:ff9b:0:0::/64', '64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
  ['fe80:0:0:0::/64', 'fe80::1%eth0', 'fe80::2%1'],
  ['1:2:0:3::/64', '1:2::3:4:5:6:7', '1:2::3:4:5:192.0.2.1'],
  ['1:2:3:4::/64', '1:2:3:4:5:6:192.0.2.1', '1:2:3:4:5::7'],
  ['unknown', 'a[2001:db8::1]', '[2001:db8::1]a', '[2001:db8::1]:', '192.0.2.1:', '1192.0.2.1'],
  ['unknown', 'unknown', '', '_hidden', '192.0.2.1.evil', '300.1.1.1', 'x'.repeat(10_000), ':::'],
];

t.test('a connection that is gone has none', async (t) => {
  t.equal(countedAddress(undefined), 'unknown');
});

t.test('one address however it is written; IPv6 counts as its /64', async (t) => {
  for (const [is, ...written] of same) {
    for (const text of written) t.equal(countedAddress(text), is, text.slice(0, 40));
  }
});
