import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Locator } from 'playwright-core';
import type { Test } from 'tap';
import { startHost } from '../../examples/widgets/host/serve.ts';
import { signIn } from '../../examples/widgets/sign-in.ts';
import { bearer, parsed, send } from '../send.ts';
import { startWorld, type World } from '../world.ts';
import { frameIn, startBrowser, until, type Watched, watch } from './browser.ts';

/** Fields of the host's page, see examples/widgets/host/page.js. */
export type Query = Readonly<
  Partial<Record<'host' | 'tool' | 'arguments' | 'locale' | 'styles' | 'theme', string>>
>;

export interface Shown extends Watched {
  /** Something in the widget. */
  find(selector: string): Locator;
  /** Resolves when the widget's status line says this. */
  says(status: string): Promise<void>;
  /** Presses Refresh. */
  refresh(): Promise<void>;
  /** Saves a picture where WIDGET_SCREENSHOTS says, if it does. */
  picture(name: string): Promise<void>;
}

export interface WidgetStage {
  readonly world: World;
  /** A REST call of a tool by the same person; its body. */
  call(tool: string, input: object): Promise<Record<string, unknown>>;
  /** Opens the host's page and waits until the widget says this. */
  show(query: Query, status: string): Promise<Shown>;
  /** All pages so far. */
  readonly pages: readonly Watched[];
}

const folder = process.env['WIDGET_SCREENSHOTS'];

/** Wide and tall enough for what is shown. */
const viewport = { width: 720, height: 900 };

/** Tenant, backend, gateway, a person signed in, and a browser on the host's page. */
export async function setWidgets(t: Test): Promise<WidgetStage> {
  const [world, browser] = await Promise.all([startWorld(t), startBrowser()]);
  t.teardown(() => browser.close());
  const { gateway, tenant } = world;
  const token = await signIn(tenant, gateway.url, 'events:read events:write');
  const host = await startHost({ mcp: `${gateway.url}/mcp`, token });
  t.teardown(() => host.close());
  const context = await browser.newContext({ viewport });
  const pages: Watched[] = [];
  return {
    world,
    pages,
    call: async (tool, body) =>
      parsed(await send(`${gateway.url}/tools/${tool}`, { body, headers: bearer(token) })),
    show: async (query, status) => {
      const shown = await open(context, `${host.url}/?${new URLSearchParams({ ...query })}`);
      pages.push(shown);
      await shown.says(status);
      return shown;
    },
  };
}

async function open(context: BrowserContext, url: string): Promise<Shown> {
  const watched = watch(await context.newPage());
  const { page } = watched;
  await page.goto(url);
  const find: Shown['find'] = (selector) => page.frameLocator('iframe').locator(selector);
  return {
    ...watched,
    find,
    says: (status) => find(`#status:text-is(${JSON.stringify(status)})`).waitFor(),
    refresh: async () => {
      // Behind another page it would paint, and so settle, once a second.
      await page.bringToFront();
      await find('#refresh').click();
    },
    picture: async (name) => {
      if (folder === undefined) return;
      mkdirSync(folder, { recursive: true });
      await page.bringToFront();
      await until(frameIn(page), 'document.documentElement.scrollHeight === innerHeight');
      await page.screenshot({ path: join(folder, `${name}.png`) });
    },
  };
}
