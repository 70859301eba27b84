// The pictures of the README, from `surged demo` in the middle of a surge:  node screenshots.mjs
// A picture is small enough as the browser writes it; where pngquant is installed it becomes smaller still.

import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { demo, root } from './floor.mjs';
import { Console, launch } from './pages.mjs';

const SPEED = 10;
const SURGE_WITHIN_MS = 300_000;
const images = join(root, 'docs', 'images');

mkdirSync(images, { recursive: true });
const floor = await demo(SPEED);
const browser = await launch();
try {
  const consoles = {
    console: await Console.open(browser, floor.url, { kind: 'desk', theme: 'dark' }),
    phone: await Console.open(browser, floor.url, { kind: 'phone', theme: 'light' }),
    wall: await Console.open(browser, floor.url, { kind: 'wall', theme: 'dark' }),
  };
  for (const it of Object.values(consoles)) await it.linked();
  // Two steps are taken, and somebody is asked for the third.
  await consoles.console.page.waitForFunction(
    () => document.querySelectorAll('.step[data-look="on"]').length >= 2 && document.querySelector('.card[data-state="new"]:not([data-pull="back"])'),
    null,
    { timeout: SURGE_WITHIN_MS },
  );
  const keep = async (name, { page }) => {
    const path = join(images, `${name}.png`);
    await page.screenshot({ path });
    spawnSync('pngquant', ['--force', '--skip-if-larger', '--output', path, path]);
    console.log(`${path}  ${Math.round(statSync(path).size / 1024)} kB`);
  };
  await Promise.all(Object.entries(consoles).map(([name, it]) => keep(name, it)));
} finally {
  await browser.close();
  floor.stop();
}
