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

/** Writes a file that is made from others, with its folder. Its time is the sign that it is up to date. */
export function writeGenerated(file, content) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}
