import { existsSync } from 'node:fs';
import { type Browser, chromium, type Frame, type Page } from 'playwright-core';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Whether there is a Chromium to be driven: CHROMIUM, or where Linux distributions put it. */
export const hasChromium = (): boolean => existsSync(executablePath);

/** A browser without a window that resolves no name, so that it stays on loopback. */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });

/** A page, with all it asked for and all it complained of. */
export interface Watched {
  readonly page: Page;
  readonly requested: string[];
  readonly complaints: string[];
}

/** Watches a page that was just made. */
export function watch(page: Page): Watched {
  const requested: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requested.push(request.url()));
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('dialog', async (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  return { page, requested, complaints };
}

/** The one frame in the page. */
export function frameIn(page: Page): Frame {
  const [frame] = page.mainFrame().childFrames();
  if (!frame) throw new Error('The page has no frame.');
  return frame;
}

/**
 * Resolves when this expression of JavaScript is true in the frame; looked at each time it paints.
 * The widget's policy forbids eval, so the expression stands in the script.
 */
export const until = (frame: Frame, expression: string): Promise<unknown> =>
  frame.evaluate(`new Promise((resolve) => {
    const look = () => ((${expression}) ? resolve() : requestAnimationFrame(look));
    look();
  })`);

/** A computed style of the first element that matches. */
export const styleOf = (frame: Frame, selector: string, name: string): Promise<string> =>
  frame.evaluate(`getComputedStyle(document.querySelector('${selector}')).${name}`);

const channels = (color: string): readonly number[] => (color.match(/[\d.]+/g) ?? []).map(Number);

/** Relative luminance of an `rgb()` colour, 0 to 1 (WCAG 2.2). */
export function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = channels(color)
    .map((value) => value / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast of two `rgb()` colours, 1 to 21 (WCAG 2.2, 1.4.3 wants 4.5 for text). */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}
