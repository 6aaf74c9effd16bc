// The compiler writes files that cannot be executed; `npx pgml` needs this one to be.
import fs from 'node:fs';

export default () => fs.chmodSync(new URL('dist/main.js', import.meta.url), 0o755);
