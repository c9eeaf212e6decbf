import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listenOnLoopback } from '../../infra/local/loopback-server.ts';
import { hasChromium, launchChromium } from './chromium.ts';
import {
  type ConsoleScene,
  enterUsage,
  failRefresh,
  HOSTILE_NAME,
  HOSTILE_PATH,
  issueTokens,
  rename,
  startConsoleScene,
} from './console-scene.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Where to put pictures for people to look at; none are made without it. */
const PICTURES = process.env['CONSOLE_PICTURES'];
const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 390, height: 844 };
const LOOKS = [
  { viewport: WIDE, colorScheme: 'light', width: 1280, of: ['full'] },
  { viewport: NARROW, colorScheme: 'dark', width: 390, of: ['full', 'empty'] },
] as const;
const ON = {
  name: 'wechat-gateway-test-egress-address-refused',
  state: 'on',
  since: Date.UTC(2026, 10, 20, 4, 20),
  reason: 'Threshold Crossed: 1 datapoint [3.0] was greater than or equal to the threshold (1.0).',
} as const;
const OFF = { ...ON, name: 'wechat-gateway-test-upstream-slow', state: 'off' } as const;
const LOOK_EVERY_MS = 10_000;

/** For what the page does in its own time. */
const PATIENT = { timeout: 20_000 };
const textOf = (page: Page, selector: string) => page.locator(selector).innerText();

describe.skipIf(!hasChromium)('the console in Chromium', () => {
  let browser: Browser;
  let full: ConsoleScene;
  let empty: ConsoleScene;
  /** What pages did wrong and what they asked of others, in all tests. */
  const faults: string[] = [];
  const outside: string[] = [];

  beforeAll(async () => {
    [browser, empty, full] = await Promise.all([
      launchChromium(),
      startConsoleScene({ accounts: 0 }),
      startConsoleScene({ accounts: 6, alarms: [OFF, ON] }),
    ]);
    const [, failing = '', dead = '', , , disabled = ''] = full.accounts;
    full.rig.simulator.account(dead).freezeSecret();
    await issueTokens(full);
    await enterUsage(full);
    await failRefresh(full, failing);
    await full.gateway.accountItems.disable(disabled, full.clock.now());
    const names = ['晨光便利店服务号', '南湖书店小程序', 'Harbour Coffee', 'Campus canteen', 'Old shop'];
    await Promise.all(full.accounts.slice(1).map((appId, index) => rename(full.rig, appId, names[index] ?? '')));
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all([full.close(), empty.close()]);
  });

  /** Opens the console in a browser context of its own, in which time passes only when told to. */
  const open = async ({ url }: { readonly url: string }, options: BrowserContextOptions = {}): Promise<Page> => {
    const page = await (await browser.newContext({ viewport: WIDE, ...options })).newPage();
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('request', (request) => {
      if (!request.url().startsWith(`${url}/`) && !request.url().startsWith('data:')) outside.push(request.url());
    });
    await page.clock.install();
    await page.goto(url);
    await page.getByText('again every 10 s').waitFor();
    return page;
  };

  it('shows accounts the worst first, with what to do about a failure in both languages', async () => {
    const page = await open(full);
    const states = await page.locator('#accounts tbody tr td:first-child').allInnerTexts();
    expect(states.map((state) => state.replace(/^\P{L}+/u, ''))).toEqual([
      'No token',
      'Failing',
      'Alive',
      'Alive',
      'Alive',
      'Disabled',
    ]);
    const failing = await page.getByRole('row', { name: '晨光便利店服务号' }).innerText();
    expect(failing).toContain('1 h 15 min');
    expect(failing).toMatch(/errcode 40243: the app secret is frozen/);
    expect(failing).toContain('Unfreeze it in the console');
    expect(failing).toContain('在后台解冻');
    expect(await textOf(page, '#verdict .headline')).toContain('南湖书店小程序 has no token that works');
    await page.context().close();
  });

  it('shows calls, errcodes, quotas with their forecast, callers, IP lists and alarms with advice', async () => {
    const page = await open(full);
    await expect.poll(() => page.locator('.chart canvas').count(), PATIENT).toBe(2);
    expect(await textOf(page, '#errors .meanings')).toMatch(/45009[\s\S]*Wait for midnight[\s\S]*40003/);
    await page.locator('#calls .u-over').hover();
    expect(await textOf(page, '#calls .readout')).toMatch(/^\d\d:00–\d\d:00 +answered [\d,]+ · with an error \d+/);
    const quota = page.locator('.quotas li').filter({ hasText: '/cgi-bin/message/custom/send' });
    expect(await quota.innerText()).toMatch(/96 %[\s\S]*480,000 of 500,000 calls[\s\S]*Ends about \d\d:\d\d/);
    expect(await textOf(page, '#quotas')).toContain('80,000 by other systems');
    expect(await page.getByRole('row', { name: /^test / }).innerText()).toMatch(/3 h ago[\s\S]*584,512/);
    expect(await textOf(page, '#server-ips')).toMatch(/Version 2, 2 ranges[\s\S]*1 added, 1 removed/);
    expect(await textOf(page, '#alarms')).toMatch(
      /Critical[\s\S]*Do:[\s\S]*IP allow-list[\s\S]*Over[\s\S]*five seconds/,
    );
    await page.context().close();
  });

  it('takes a stored name or path that holds HTML for text', async () => {
    const page = await open(full);
    expect(await textOf(page, '#accounts')).toContain(HOSTILE_NAME);
    expect(await textOf(page, '#quotas')).toContain(HOSTILE_PATH);
    expect(await page.locator('main img, main b:not(.alarms b)').count()).toBe(0);
    expect(await page.title()).toContain('stage test');
    await page.context().close();
  });

  it('says what to do where there is nothing yet', async () => {
    const page = await open(empty);
    expect(await textOf(page, '#verdict')).toContain('No account has been added yet');
    expect(await textOf(page, '#accounts')).toContain('npm run operator -- --stage test account add');
    expect(await textOf(page, '#callers')).toContain('npm run operator -- --stage test caller add');
    expect(await textOf(page, '#server-ips')).toContain('npm run operator -- --stage test ips sync');
    expect(await textOf(page, '#alarms')).toContain('The local run has no alarms');
    expect(await textOf(page, '#calls')).toContain('No call in the last 24 hours');
    await page.context().close();
  });

  it('refreshes itself, rests while it is hidden, and says when the console has ended', async () => {
    const scene = await startConsoleScene({ accounts: 1 });
    await issueTokens(scene);
    const page = await open(scene);
    let looks = 0;
    page.on('request', () => (looks += 1));
    expect(await textOf(page, '#verdict')).toContain('The account is alive');
    await failRefresh(scene, scene.accounts[0] ?? '');
    scene.clock.set(scene.clock.now() + LOOK_EVERY_MS);
    await page.clock.runFor(LOOK_EVERY_MS);
    await page.getByText('cannot be refreshed').waitFor();

    await hide(page, true);
    looks = 0;
    await page.clock.runFor(10 * LOOK_EVERY_MS);
    expect(looks).toBe(0);
    scene.clock.set(scene.clock.now() + LOOK_EVERY_MS);
    await hide(page, false);
    await page.getByText('Read at 12:45:20').waitFor();
    expect(looks).toBe(1);

    await scene.stop();
    faults.splice(0, Number.POSITIVE_INFINITY, ...(await failedLook(page, faults)));
    await page.context().close();
    await scene.close();
  });

  it('can be used with the keyboard alone, and what was unfolded stays so', async () => {
    const page = await open(full);
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').innerText()).toBe('Skip to the accounts');
    await page.keyboard.press('Enter');
    expect(await page.locator(':focus').getAttribute('id')).toBe('accounts');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').getAttribute('id')).toBe('chosen-account');
    await page.keyboard.press('H');
    await expect.poll(() => textOf(page, '#calls'), PATIENT).toContain('No call in the last 24 hours');
    await page.keyboard.press('Home');
    await expect.poll(() => page.locator('.chart canvas').count(), PATIENT).toBe(2);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.locator('#calls details').innerText()).toContain('12:00');
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    expect(outline).toBe('solid');

    await page.getByText('Last change').focus();
    await page.keyboard.press('Enter');
    full.clock.set(full.clock.now() + LOOK_EVERY_MS);
    await page.clock.runFor(LOOK_EVERY_MS);
    await page.getByText('Read at 12:45:10').waitFor();
    expect(await textOf(page, '#server-ips')).toContain('− 140.207.54.0/24');
    expect(await page.locator(':focus').innerText()).toContain('Last change');
    await page.context().close();
  });

  it.each(LOOKS)('meets WCAG 2.2 AA and never scrolls sideways at $width pixels, $colorScheme', async (look) => {
    for (const name of look.of) {
      // axe is a script of the test's own, which the page's policy rightly forbids.
      const { viewport, colorScheme } = look;
      const page = await open({ full, empty }[name], { viewport, colorScheme, bypassCSP: true });
      await page.locator('#alarms p').first().waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(look.width);
      await picture(page, `${name}-${look.width}`);
      await page.emulateMedia({ colorScheme });
      await page.evaluate('document.querySelectorAll("details").forEach((one) => one.setAttribute("open", ""))');
      await picture(page, `${name}-${look.width}-unfolded`);
      await page.emulateMedia({ colorScheme });
      await page.evaluate(AXE);
      const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
      expect(await page.evaluate(`axe.run({ runOnly: ${JSON.stringify(tags)} }).then(${VIOLATIONS})`)).toEqual([]);
      await page.context().close();
    }
  });

  it('cannot be read by a page of another site', async () => {
    const other = await listenOnLoopback(
      createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<title>other</title>')),
      0,
    );
    const page = await (await browser.newContext()).newPage();
    // Another name of this machine makes it another site, not only another port.
    await page.goto(other.endpoint.replace('127.0.0.1', 'localhost'));
    const state = JSON.stringify(`${full.url}/state.json`);
    const refused = '.then(() => "read", () => "refused")';
    expect(await page.evaluate(`fetch(${state}).then((answer) => answer.text())${refused}`)).toBe('refused');
    const answered = page.waitForResponse(`${full.url}/`);
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement("iframe"), { src: "${full.url}" }))`,
    );
    expect((await answered).status()).toBe(403);
    expect(await page.frames()[1]?.locator('#verdict').count()).toBe(0);
    await page.context().close();
    await other.close();
  });

  it('asked nothing of any other origin, and broke no rule of its own policy, in all of this', () => {
    expect({ outside, faults }).toEqual({ outside: [], faults: [] });
  });
});

/** What axe has found, in a few words each. */
const VIOLATIONS =
  '({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`))';

/** Puts the page's tab behind another, as far as the page can tell. */
async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate(
    `Object.defineProperty(document, "hidden", { configurable: true, value: ${hidden} }); document.dispatchEvent(new Event("visibilitychange"))`,
  );
}

/** Lets the page look once more in vain. @returns the faults without the one that this is */
async function failedLook(page: Page, faults: readonly string[]): Promise<readonly string[]> {
  await page.clock.runFor(LOOK_EVERY_MS);
  await page.getByText('The console does not answer').waitFor();
  return faults.filter((fault) => !fault.includes('ERR_CONNECTION_REFUSED'));
}

/** Of one look in both colour schemes. */
async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(PICTURES, `${name}-${colorScheme}.png`), fullPage: true });
  }
}
