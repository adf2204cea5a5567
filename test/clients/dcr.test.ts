import t from 'tap';
import { dcrAdvice, dcrState } from '../../src/clients/dcr.ts';
import { documentHost, url } from './document.ts';
import { keep } from './keep.ts';

const now = Date.parse('2026-11-30');
const registered = (gateway_last_used: string) => ({
  client_id: gateway_last_used,
  external_metadata_type: 'dcr',
  client_metadata: { gateway_recipe: 'third-party', gateway_last_used },
});
const imported = {
  client_id: 'tpc_imported',
  external_metadata_type: 'cimd',
  external_client_id: url,
  client_metadata: { gateway_recipe: 'third-party', gateway_last_used: '2026-11-29' },
};
const foreign = { client_id: 'foreign', external_metadata_type: 'dcr' };

t.test('who still depends on dynamic registration', async (t) => {
  const state = (all: Parameters<typeof dcrState>[0], clients = ['chatgpt'] as const) =>
    dcrState(all, clients, now);
  const [lately, long] = [registered('2026-11-20'), registered('2026-10-01')];
  t.strictSame(state([lately, long, foreign]), {
    inUse: 1,
    missing: ['chatgpt'],
    dispensable: false,
  });
  t.match(dcrAdvice(state([])), /no document was imported for chatgpt/);
  t.strictSame(state([imported, lately, long]), { inUse: 1, missing: [], dispensable: false });
  t.match(dcrAdvice(state([imported, lately])), /should stay: 1 of its clients/);
  t.strictSame(state([imported, long, foreign]), { inUse: 0, missing: [], dispensable: true });
  t.match(dcrAdvice(state([imported])), /can be switched off/);
  t.match(dcrState([imported], ['chatgpt', 'cursor'], now), { missing: ['cursor'] });
});

t.test('the sweep counts them, and says once when the last one is gone', async (t) => {
  const { keeper, promoted, pass, tenant, counted, lines } = await keep(t);
  await documentHost(t, tenant);
  await promoted();
  await keeper.importDocument(url);
  await keeper.sweep.run();
  pass(31);
  await keeper.sweep.run();
  await keeper.sweep.run();
  t.strictSame(
    counted.filter((each) => each.startsWith('dcr')),
    ['dcr 1', 'dcr 0', 'dcr 0'],
  );
  const said = lines.filter(({ message }) => /can be switched off/.test(String(message)));
  t.equal(said.length, 1);
});
