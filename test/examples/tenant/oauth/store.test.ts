import t from 'tap';
import { createStore } from '../../../../examples/tenant/oauth/store.ts';
import { emptyState } from '../../../../examples/tenant/state.ts';

t.test('what oidc-provider keeps', async (t) => {
  const store = createStore(emptyState());
  const codes = store('AuthorizationCode');
  const sessions = store('Session');
  await codes.upsert('1', { grantId: 'g' });
  await codes.upsert('2', { grantId: 'h' });
  await store('RefreshToken').upsert('3', { grantId: 'g' });
  await sessions.upsert('4', { uid: 'u' });

  await codes.consume('1');
  t.match(await codes.find('1'), { grantId: 'g', consumed: Number });
  t.match(await sessions.findByUid('u'), { uid: 'u' });
  t.equal(await codes.findByUid('u'), undefined);

  await codes.revokeByGrantId('g');
  t.equal(await codes.find('1'), undefined);
  t.match(await codes.find('2'), { grantId: 'h' });
  t.match(await store('RefreshToken').find('3'), { grantId: 'g' }, 'each model by itself');
  await codes.destroy('2');
  t.equal(await codes.find('2'), undefined);
  t.equal(await store('Client').find('nobody'), undefined);
});
