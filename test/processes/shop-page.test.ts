import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { homepageSections } from '../../src/client/generated/homepage-sections.js';
import { registry } from '../../src/sections/registry.js';
import { hasBrowser, openPage, startBrowser } from '../support/servers/browser.js';
import { createProcessFixture, type Gateway } from '../support/servers/process-fixture.js';

const fixture = createProcessFixture();
const { resolve } = createRequire(import.meta.url);
const axe = resolve('axe-core/axe.min.js');
const webVitals = resolve('web-vitals').replace('web-vitals.umd.cjs', 'web-vitals.iife.js');
/** `SCREENSHOTS=docs/images`: the pictures of the README are made by this test. */
const screenshots = process.env['SCREENSHOTS'];

const shot = async (page: Page, name: string) => {
  if (screenshots !== undefined) await page.screenshot({ path: join(screenshots, `${name}.png`) });
};
const violations = async (page: Page): Promise<string[]> => {
  await page.evaluate(await readFile(axe, 'utf8'));
  const results = await page.evaluate('axe.run()');
  return (results as { violations: { id: string; nodes: { html: string }[] }[] }).violations.map(
    ({ id, nodes }) => `${id}: ${nodes[0]?.html}`,
  );
};
const status = (page: Page, title: string) =>
  page.locator('section', { has: page.getByRole('heading', { name: title, exact: true }) }).locator('.status');

describe.skipIf(!hasBrowser())('the page of the shop (skipped without Chromium)', () => {
  let browser: Browser;
  let gateway: Gateway;
  beforeAll(async () => {
    [browser, gateway] = await Promise.all([
      startBrowser(),
      fixture.gateway({ RATE_LIMIT_MAX: '0', LOG_LEVEL: 'info' }),
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await fixture.close();
  });

  const setFault = (fault: object) =>
    fetch(`${gateway.origin}/demo/fault`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(fault) },
    });
  const heal = () => setFault({});
  afterEach(heal);

  it.each([
    ['light', { dark: false }],
    ['dark', { dark: true }],
    ['phone', { width: 390, height: 844 }],
  ] as const)('shows every section, whole and to everybody: %s', async (name, options) => {
    const { page, faults } = await openPage(browser, `${gateway.origin}/`, options);
    await page.evaluate(await readFile(webVitals, 'utf8'));
    await page.evaluate(
      'window.vitals = {}; for (const on of [webVitals.onLCP, webVitals.onCLS, webVitals.onINP]) on(({ name, value }) => { window.vitals[name] = value; }, { reportAllChanges: true });',
    );
    await page.locator('.card img').first().waitFor();
    for (const { title } of registry)
      await expect.poll(() => status(page, title).textContent()).toMatch(/cached|fresh/);
    await shot(page, `shop-${name}`);
    expect(await violations(page)).toEqual([]);
    await page.locator('.panel summary').click();
    // How long pictures and clicks take is the machine's; that nothing jumps is the page's.
    const vitals = () => page.evaluate('window.vitals') as Promise<Record<string, number>>;
    await expect.poll(vitals).toMatchObject({ LCP: expect.any(Number), INP: expect.any(Number) });
    const { LCP = 0, INP = 0, CLS = 0 } = await vitals();
    expect(CLS).toBeLessThanOrEqual(0.1);
    console.log(`${name}: LCP ${Math.round(LCP)} ms, INP ${Math.round(INP)} ms, CLS ${CLS.toFixed(3)}`);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    expect(faults).toEqual([]);
    await page.close();
  });

  it('shows a section that fails as such, and asks for it alone when it is tried again', async () => {
    const offers = registry.find(({ item }) => item.collection === 'offers');
    const events = registry.find(({ item }) => item.collection === 'events');
    const { page, faults } = await openPage(browser, `${gateway.origin}/`);
    const database = page.getByRole('group', { name: 'Break the demo database' });
    await database.getByLabel('Section').selectOption({ label: offers?.title ?? '' });
    await expect.poll(() => status(page, offers?.title ?? '').textContent()).toBe('failed');
    expect(await page.locator('section .failed code').first().textContent()).toMatch(/^[A-Z_]+$/);
    await expect.poll(() => status(page, events?.title ?? '').textContent()).toMatch(/cached|fresh/);
    await status(page, events?.title ?? '').scrollIntoViewIfNeeded();
    await page.locator('div.failed').scrollIntoViewIfNeeded();
    await database.getByLabel('Section').selectOption({ label: events?.title ?? '' });
    // Healed behind the page's back: it shows that the section failed until somebody tries again.
    const section = page.locator('section', {
      has: page.getByRole('heading', { name: events?.title ?? '', exact: true }),
    });
    const failed = () => status(page, events?.title ?? '').textContent();
    await expect.poll(failed).toBe('failed');
    await heal();
    const sent: string[] = [];
    page.on('request', (request) => sent.push(decodeURIComponent(request.url())));
    const again = section.getByRole('button', { name: 'Try again' });
    await expect
      .poll(
        async () => {
          // A failed load is remembered for about a second.
          if ((await failed()) === 'failed') await again.click();
          return failed();
        },
        { interval: 700 },
      )
      .toMatch(/cached|fresh/);
    expect(sent.filter((url) => url.includes('/graphql'))).not.toEqual([]);
    expect(sent.filter((url) => url.includes('/graphql') && !url.includes('"sections":["EVENTS"]'))).toEqual([]);
    expect(faults).toEqual([]);
    await page.close();
  });

  it('shows a section that is stale with its age, beside the others', async () => {
    const events = registry.find(({ item }) => item.collection === 'events');
    const { page, faults } = await openPage(browser, `${gateway.origin}/`);
    const database = page.getByRole('group', { name: 'Break the demo database' });
    await database.getByLabel('Section').selectOption({ label: events?.title ?? '' });
    await database.getByLabel('How').selectOption('stale');
    await expect.poll(() => status(page, events?.title ?? '').textContent()).toMatch(/stale.*\d+ s/);
    await status(page, events?.title ?? '').scrollIntoViewIfNeeded();
    // Another section fails as well when the page is asked for next.
    const offers = registry.find(({ item }) => item.collection === 'offers');
    await setFault({ section: offers?.key, kind: 'failing' });
    await page.getByLabel('Items').selectOption('5');
    await expect.poll(() => status(page, offers?.title ?? '').textContent()).toBe('failed');
    expect(await status(page, events?.title ?? '').textContent()).toMatch(/stale/);
    await page.locator('div.failed').scrollIntoViewIfNeeded();
    await shot(page, 'shop-failed-and-stale');
    expect(faults).toEqual([]);
    await page.close();
  });

  it('compares one request with single ones, and says what was sent', async () => {
    const { page } = await openPage(browser, `${gateway.origin}/`);
    await page.locator('.card img').first().waitFor();
    await page.locator('.panel summary').click();
    await page.getByRole('button', { name: /Compare/ }).click();
    await expect.poll(() => page.locator('.outcomes li').allTextContents()).toHaveLength(2);
    const [one = '', single = ''] = await page.locator('.outcomes li').allTextContents();
    expect(one).toContain('1 requests');
    const withEndpoint = Object.values(homepageSections).filter(({ path }) => path !== null);
    expect(single).toContain(`${withEndpoint.length} requests`);
    await page.close();
  });

  it('serves GraphiQL and the reference without internet', async () => {
    const graphiql = await openPage(browser, `${gateway.origin}/graphiql`);
    await graphiql.page.locator('button.graphiql-execute-button').click({ timeout: 20_000 });
    await expect
      .poll(() => graphiql.page.locator('.graphiql-response').textContent(), { timeout: 15_000 })
      .toContain('"homepage"');
    await shot(graphiql.page, 'graphiql');
    const reference = await openPage(browser, `${gateway.origin}/docs`);
    await reference.page.getByText('/api/v1/homepage', { exact: true }).first().waitFor({ timeout: 15_000 });
    await shot(reference.page, 'reference');
    expect([...graphiql.faults, ...reference.faults]).toEqual([]);
  });
});
