import t from 'tap';
import { isOwnRedirect, ownOrigins } from '../../src/clients/own-redirects.ts';

const web = 'https://app.example/callback';
const query = 'https://app.example:8443/cb?tenant=1';
const bare = 'https://bare.example';
const local = 'http://127.0.0.1/cb';
const fixed = 'http://localhost:4000/cb';
const six = 'http://[::1]/cb?x=1';
const app = 'com.example.app:/oauth';
const entries = [web, query, bare, local, fixed, six, app];

t.test('an entry is compared to the letter', async (t) => {
  for (const entry of entries) t.ok(isOwnRedirect(entry, entries), entry);
  for (const entry of entries) t.notOk(isOwnRedirect(entry, []), entry);
});

t.test('a loopback entry without a port fits every port', async (t) => {
  for (const port of [1, 8080, 65_535]) {
    t.ok(isOwnRedirect(`http://127.0.0.1:${port}/cb`, entries));
    t.ok(isOwnRedirect(`http://[::1]:${port}/cb?x=1`, entries));
    t.equal(isOwnRedirect(`http://localhost:${port}/cb`, [fixed]), false, 'it names another');
  }
});

const hostile = [
  '',
  'https://app.example/callback/',
  'https://app.example/callback?',
  'https://app.example/callback?x',
  'https://app.example/callback#',
  'https://app.example/Callback',
  'https://app.example/call%62ack',
  'https://app.example/x/../callback',
  'https://app.example:443/callback',
  'https://app.example:8443/callback',
  'https://app.example./callback',
  'https://APP.example/callback',
  'https://user@app.example/callback',
  'https://app.example@evil.example/callback',
  'https://app.example.evil.example/callback',
  'https://evil.app.example/callback',
  'https:\\\\app.example\\callback',
  'http://app.example/callback',
  ' https://app.example/callback',
  'https://app.example/callback\n',
  'https://*.app.example/callback',
  'https://app.example:8443/cb?tenant=2',
  'https://app.example:8443/cb?tenant=1&x',
  'https://app.example:8443/cb',
  'https://app.example/cb?tenant=1',
  'https://bare.example/',
  'https://bare.example:1',
  'http://127.0.0.1:/cb',
  'http://127.0.0.1:0x50/cb',
  'http://127.0.0.1:80/cb',
  'http://127.0.0.1:08080/cb',
  'http://127.0.0.1:99999/cb',
  'http://127.0.0.1:1/cb/',
  'http://127.0.0.1:1/cb?',
  'http://127.0.0.1:1/cb#x',
  'http://127.0.0.1:1@evil.example/cb',
  'http://x@127.0.0.1:1/cb',
  'http://127.1:1/cb',
  'http://localhost:1/cb',
  'http://127.0.0.1.evil.example:1/cb',
  'https://127.0.0.1:1/cb',
  'http://[::1]:1/cb',
  'http://[0:0:0:0:0:0:0:1]:1/cb?x=1',
  'com.example.app:/oauth/',
  'com.example.app://oauth',
  'com.example.app2:/oauth',
  'COM.example.app:/oauth',
];

t.test('nothing that only resembles an entry passes', async (t) => {
  t.equal(new Set(hostile).size, hostile.length, 'each is another');
  for (const redirect of hostile) {
    t.notOk(isOwnRedirect(redirect, entries), JSON.stringify(redirect));
  }
});

t.test('only web entries have an origin', async (t) => {
  const origins = ['https://app.example', 'https://app.example:8443', 'https://bare.example'];
  t.strictSame(ownOrigins(entries), origins);
});
