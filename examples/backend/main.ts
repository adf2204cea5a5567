import { startBackend } from './app.ts';

// The sample backend as a process: PORT (8081), GATEWAY_HMAC_SECRET (the gateway's; comma separated
// while it is being changed). Stops on SIGINT and SIGTERM.
const { PORT = '8081', GATEWAY_HMAC_SECRET = '' } = process.env;
const secrets = GATEWAY_HMAC_SECRET.split(',').map((text) => text.trim());

const backend = await startBackend({ port: Number(PORT), secrets });
process.stdout.write(`backend: FUNCTIONS_BASE=${backend.url}\n`);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => backend.close());
