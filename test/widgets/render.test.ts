import t from 'tap';
import { contrast, frameIn, hasChromium, luminance, styleOf, until } from './browser.ts';
import { type Shown, setWidgets, type WidgetStage } from './host.ts';

const absent = !hasChromium() && !process.env['CI'];
if (absent) t.comment('Chromium is not installed (CHROMIUM names another): not run');

const nasty = '<img src="//evil.example/x" onerror="alert(1)"> </script><b>Lunch</b> & more';

/** A host with colours of its own. */
const sepia = { styles: '{"--color-background-primary":"light-dark(#faf0e6, #2b2118)"}' };

type Events = readonly { readonly title: string }[];

/** Spaces of all widths as one: what a locale puts between a time and AM depends on the browser. */
const plain = (texts: readonly string[]): string[] =>
  texts.map((text) => text.replace(/\s+/g, ' '));

/** Each text colour with what it stands on. */
async function colors({ page }: Shown) {
  const frame = frameIn(page);
  const pair = (selector: string, under: string) =>
    Promise.all([
      styleOf(frame, selector, 'color'),
      styleOf(frame, under, 'backgroundColor'),
    ] as const);
  return Promise.all([
    pair('.title', 'html'),
    pair('.when', 'html'),
    pair('h2', 'html'),
    pair('.leaf span', '.leaf'),
    pair('#refresh', '#refresh'),
  ]);
}

t.test('widgets read through the gateway', { skip: absent && 'no Chromium' }, async (t) => {
  const stage: WidgetStage = await setWidgets(t);
  const seeded = (await stage.call('listEvents', {}))['events'] as Events;
  const titles = seeded.map(({ title }) => title);
  const [apps, older] = await Promise.all([
    stage.show({ host: 'apps' }, `${titles.length} events`),
    stage.show({ host: 'older' }, `${titles.length} events`),
  ]);

  for (const [name, shown] of Object.entries({ 'MCP Apps': apps, 'window.openai': older })) {
    t.test(`${name}: the events of the signed-in person, in a frame as high as they`, async (t) => {
      t.same(await shown.find('.title').allTextContents(), titles);
      const frame = frameIn(shown.page);
      await until(frame, 'document.documentElement.scrollHeight === innerHeight');
      t.equal(await frame.evaluate('window.origin'), 'null', 'an origin of its own');
    });
  }

  t.test('Refresh asks the tool again; what people write stays text', async (t) => {
    await stage.call('addEvent', {
      title: nasty,
      start: '2027-02-01T12:30:00+01:00',
      end: '2027-02-01T13:15:00+01:00',
    });
    for (const shown of [apps, older]) {
      await shown.refresh();
      await shown.says(`${titles.length + 1} events`);
      t.same(await shown.find('.title').allTextContents(), [...titles, nasty]);
      t.equal(await shown.find('img').count(), 0);
      t.same(plain(await shown.find('.when').allTextContents()).at(-1), '12:30–13:15 UTC+01:00');
      t.equal(await shown.find('h2').last().textContent(), 'Monday, 1 February 2027');
    }
  });

  t.test('times are the clock the tool gave, written as the locale writes them', async (t) => {
    await stage.call('addEvent', {
      title: 'Night train',
      start: '2027-02-02T22:05:00-05:00',
      end: '2027-02-03T06:40:00-05:00',
    });
    const flight = { start: '2027-02-04T08:00:00+01:00', end: '2027-02-04T10:30:00-05:00' };
    await stage.call('addEvent', { title: 'Flight', ...flight });
    const span = JSON.stringify({ from: '2027-02-02T00:00:00Z' });
    const there = await stage.show({ ...sepia, locale: 'en-US', arguments: span }, '2 events');
    t.same(plain(await there.find('.when').allTextContents()), [
      '10:05 PM – Wed, Feb 3, 6:40 AM UTC−05:00',
      '8:00 AM UTC+01:00 – 10:30 AM UTC−05:00',
    ]);
    t.equal(await there.find('h2').first().textContent(), 'Tuesday, February 2, 2027');
    const surface = await styleOf(frameIn(there.page), 'html', 'backgroundColor');
    t.equal(surface, 'rgb(250, 240, 230)', "the host's own colour");
  });

  t.test('light and dark follow the host, and all text can be read', async (t) => {
    for (const [name, shown] of Object.entries({ apps, older })) {
      const light = await colors(shown);
      await shown.picture(`${name}-light`);
      await shown.page.selectOption('[name=theme]', 'dark');
      await shown.find('html[style*="color-scheme: dark"]').waitFor();
      const dark = await colors(shown);
      await shown.picture(`${name}-dark`);
      t.ok(luminance(light[0][1]) > 0.9 && luminance(dark[0][1]) < 0.1, `${name} turns dark`);
      for (const [text, under] of [...light, ...dark])
        t.ok(contrast(text, under) >= 4.5, `${name}: ${text} on ${under}`);
    }
  });

  t.test('at 360 pixels nothing is cut off', async (t) => {
    const { page, picture } = apps;
    await page.bringToFront();
    await page.selectOption('[name=theme]', 'light');
    await page.setViewportSize({ width: 360, height: 1100 });
    const frame = frameIn(page);
    await until(frame, 'innerWidth < 360 && document.documentElement.scrollHeight === innerHeight');
    t.equal(await frame.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
    await picture('narrow');
  });

  t.test('no events, and an answer that is none, are said', async (t) => {
    const span = JSON.stringify({ from: '2030-01-01T00:00:00Z' });
    const [none, refused] = await Promise.all([
      stage.show({ arguments: span }, 'No events'),
      stage.show({ arguments: '{"from":"tomorrow"}' }, 'Not available'),
    ]);
    t.ok(await none.find('#empty').isVisible());
    t.match(await refused.find('[role=alert]').textContent(), /from/);
    t.notOk(await refused.find('#empty').isVisible());
    await none.picture('empty');
    await refused.picture('error');
  });

  t.test('a Refresh that fails says so and leaves the events', async (t) => {
    for (const shown of [apps, older]) {
      await shown.page.route('**/mcp', (route) => route.abort());
      await shown.refresh();
      await shown.find('[role=alert]').waitFor();
      t.equal(await shown.find('.title').count(), titles.length + 1);
      t.equal(shown.complaints.splice(0).length, 1, 'the connection that was cut');
    }
  });

  t.test('what is not declared is closed: the widget reaches nothing by itself', async (t) => {
    const url = JSON.stringify(stage.world.gateway.url);
    const reach = `fetch(${url}).then(() => 'reached', () => 'refused')`;
    t.equal(await frameIn(apps.page).evaluate(reach), 'refused');
    t.match(apps.complaints.splice(0).join(), /Content Security Policy/);
  });

  t.test('before it goes the host asks the widget, and it agrees', async (t) => {
    t.same(await apps.page.evaluate('widget.tearDown()'), {});
  });

  t.test('nobody complained, and no request left loopback', async (t) => {
    for (const { page, complaints, requested } of stage.pages) {
      t.same(complaints, [], page.url());
      t.same(
        requested.filter((url) => /^https?:/.test(url) && new URL(url).hostname !== '127.0.0.1'),
        [],
      );
    }
  });
});
