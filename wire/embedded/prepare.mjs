// After compiling: makes the template cluster that first starts copy (src/template.ts), if this version has none yet.
import fs from 'node:fs';
import path from 'node:path';

export default async function prepare() {
  const { createCluster, templateDirectory } = await import('./dist/index.js');
  const template = templateDirectory();
  if (fs.existsSync(template)) return;
  const parent = path.dirname(template);
  fs.mkdirSync(parent, { recursive: true });
  for (const name of fs.readdirSync(parent))
    if (name.startsWith('template-')) fs.rmSync(path.join(parent, name), { recursive: true, force: true });
  const aside = `${path.join(parent, 'template-new')}-${process.pid}`;
  await createCluster(aside);
  fs.rmSync(path.join(aside, 'postmaster.pid'), { force: true });
  fs.renameSync(aside, template);
}
