import { once } from 'node:events';
import { readArguments, usage } from './arguments.ts';
import { banner } from './banner.ts';
import { startTenant } from './tenant.ts';

const wanted = readArguments(process.argv.slice(2), process.env);
if ('problem' in wanted) {
  process.stderr.write(`${wanted.problem}\n\n${usage}`);
  process.exitCode = 64;
} else {
  const { options, webhook } = wanted;
  const tenant = await startTenant(options);
  process.stdout.write(`${banner(tenant, { ...options, webhook })}\n`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await tenant.close();
}
