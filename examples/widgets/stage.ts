import { setStage } from '../demo/stage.ts';
import { type Host, startHost } from './host/serve.ts';
import { signIn } from './sign-in.ts';

/**
 * The host's page before a gateway of its own: sample tools, a pretend tenant, alice signed in.
 * Leaves nothing running when the port is taken.
 */
export async function setWidgetStage(port: number): Promise<Host> {
  const ports = { gateway: 0, tenant: 0, backend: 0 };
  const stage = await setStage({ entry: 'src/main.ts', onLine: () => {}, ports });
  try {
    const token = await signIn(stage.tenant, stage.url, 'events:read events:write');
    const { url, close } = await startHost({ mcp: `${stage.url}/mcp`, token, port });
    return { url, close: () => close().then(stage.close) };
  } catch (error) {
    await stage.close();
    throw error;
  }
}
