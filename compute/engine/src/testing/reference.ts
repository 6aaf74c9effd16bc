import { readFileSync } from 'node:fs';

/** The values that `make_<name>.py` took from a reference implementation: proof/reference/<name>.json. */
export function readReference<Reference>(name: string): Reference {
  return JSON.parse(readFileSync(new URL(`../../../../proof/reference/${name}.json`, import.meta.url), 'utf8'));
}
