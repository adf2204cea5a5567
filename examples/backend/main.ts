import { startBackend } from './app.ts';

// The sample backend as a process: PORT (8081), GATEWAY_HMAC_SECRET (the gateway's; comma separated
// while it is being changed). Stops on SIGINT and SIGTERM.
const secrets = (process.env['GATEWAY_HMAC_SECRET'] ?? '').split(',').map((text) => text.trim());
const port = Number(process.env['PORT'] ?? 8081);

const backend = await startBackend({ port, secrets });
process.stdout.write(`backend: FUNCTIONS_BASE=${backend.url}\n`);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => backend.close());
