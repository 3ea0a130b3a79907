import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import puppeteer, { type Page } from 'puppeteer-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** No part of the browser may talk to anybody but the pages under test. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What a busy machine may take to start it, or to show a page, in milliseconds. */
const PATIENCE = 120_000;

export interface TestBrowser {
  /** A new page; the faults of its scripts are kept in `faults`. */
  page(): Promise<Page>;
  /** Uncaught errors of all pages, as texts. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

/** A real browser with a profile of its own, without a window. Rejects where none is installed. */
export async function openBrowser(): Promise<TestBrowser> {
  const executablePath = [process.env['CHROMIUM'], ...PLACES].find((path) => path && existsSync(path));
  if (executablePath === undefined) throw new Error('no Chromium is installed: apt-get install chromium');
  const profile = mkdtempSync(join(tmpdir(), 'reweigh-browser-'));
  const browser = await puppeteer.launch({
    executablePath,
    headless: true,
    args: QUIET,
    userDataDir: profile,
    timeout: PATIENCE,
  });
  const faults: string[] = [];
  return {
    faults,
    page: async () => {
      const page = await browser.newPage();
      page.setDefaultTimeout(PATIENCE);
      page.on('pageerror', (error) => faults.push(String(error)));
      return page;
    },
    close: async () => {
      await browser.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
