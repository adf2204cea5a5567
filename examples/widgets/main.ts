import { parseArgs } from 'node:util';
import { type Host, startHost } from './host/serve.ts';

// Shows widgets in a browser, as a process that stays up until SIGINT or SIGTERM:
//   node examples/widgets/main.ts            the sample tools behind a gateway and a pretend tenant
//   node examples/widgets/main.ts URL        any gateway's /mcp, with ACCESS_TOKEN where it needs one
//   --port N                                 of the page (8787); 0 = any free one
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string', default: '8787' } },
});
const port = Number(values.port);

/** The page for a gateway that runs elsewhere. */
const visit = (mcp: string): Promise<Host> =>
  startHost({ mcp, token: process.env['ACCESS_TOKEN'], port });

/** The page for a gateway of its own; what that takes is loaded only then. */
async function stage(): Promise<Host> {
  const { setWidgetStage } = await import('./stage.ts');
  return setWidgetStage(port);
}

const [url] = positionals;
const host = await (url === undefined ? stage() : visit(url));
process.stdout.write(`widgets: open ${host.url}\n`);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => host.close());
