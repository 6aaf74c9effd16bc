#!/usr/bin/env node
// The command as npm links it. It is here, and not in dist/, because npm links only what exists when it installs.
import fs from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (fs.existsSync(main)) {
  await import(main.href);
} else {
  console.error('pgml is not built yet: run `npm run build` in the checkout first.');
  process.exitCode = 1;
}
