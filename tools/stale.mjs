// What `make` would do: is an output missing or older than anything it is made from?
import fs from 'node:fs';
import path from 'node:path';

/** Every file below `folder` for which `accept` holds, skipping what is built or installed. */
export function filesBelow(folder, accept = () => true) {
  if (!fs.existsSync(folder)) return [];
  if (fs.statSync(folder).isFile()) return accept(folder) ? [folder] : [];
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !['node_modules', 'dist', '.git', '.cache'].includes(entry.name))
    .flatMap((entry) => filesBelow(path.join(folder, entry.name), accept));
}

/** True if an output is missing or an input (file or folder) is newer than the oldest output. */
export function isStale(outputs, inputs) {
  if (!outputs.every((file) => fs.existsSync(file))) return true;
  const oldest = Math.min(...outputs.map((file) => fs.statSync(file).mtimeMs));
  return inputs.flatMap((input) => filesBelow(input)).some((file) => fs.statSync(file).mtimeMs > oldest);
}

/** Writes only when the content differs, so that an unchanged result makes nothing downstream stale. */
export function writeIfChanged(file, content) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  if (fs.existsSync(file) && fs.readFileSync(file, 'utf8') === content) fs.utimesSync(file, new Date(), new Date());
  else fs.writeFileSync(file, content);
}
