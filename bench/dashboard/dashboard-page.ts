import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPage, startBrowser } from '../../test/support/servers/browser.js';
import type { Panel } from './panels.js';

/** Pixels of one of Grafana's 24 columns, and of one of its rows. */
export const column = 66;
export const row = 38;
const GAP = 8;

/** All panels where Grafana has them, below what they are of. `svgs` are in the order of `panels`. */
export function pageOf(options: { title: string; caption: string; panels: readonly Panel[]; svgs: readonly string[] }) {
  const { title, caption, panels, svgs } = options;
  const cells = panels.map(({ place: { x, y, w, h } }, index) => {
    const left = x * column + (x / w) * GAP;
    const top = y * row + (y / h) * GAP;
    return `<div class="panel" style="left: ${left}px; top: ${top}px">${svgs[index] ?? ''}</div>`;
  });
  const rows = Math.max(...panels.map(({ place: { y, h } }) => y + h));
  return `<!doctype html><meta charset="utf-8"><title>${title}</title><style>
body { margin: 16px; font: 13px sans-serif; background: #f3f4f6; width: ${24 * column + 2 * GAP}px; }
h1 { font-size: 20px; margin: 0 0 4px; } p { margin: 0 0 12px; color: #4b5563; }
main { position: relative; height: ${rows * row + (rows / 7) * GAP}px; } .panel { position: absolute; line-height: 0; }
</style><h1>${title}</h1><p>${caption}</p><main>${cells.join('\n')}</main>`;
}

/** A picture (PNG) of the whole page. */
export async function shootPage(html: string, file: string): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'hg-dashboard-'));
  const browser = await startBrowser();
  try {
    await writeFile(join(directory, 'dashboard.html'), html);
    const url = `file://${join(directory, 'dashboard.html')}`;
    const { page, faults } = await openPage(browser, url, { width: 24 * column + 2 * GAP + 32, height: 800 });
    if (faults.length > 0) throw new Error(`The page of the dashboard has faults: ${faults.join('; ')}`);
    await page.screenshot({ path: file, fullPage: true });
  } finally {
    await browser.close();
    await rm(directory, { recursive: true, force: true });
  }
}
