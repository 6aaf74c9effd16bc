/** The data sets that come with pgml: runtime/datasets/*.json, made by make.py there. */
import fs from 'node:fs/promises';

export const bundledNames = ['breast_cancer', 'diabetes', 'digits', 'iris', 'linnerud', 'wine'] as const;
export type BundledName = (typeof bundledNames)[number];

export interface BundledDataset {
  /** SQL types. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
}

const folder = new URL('../../datasets/', import.meta.url);

export async function readBundled(name: BundledName): Promise<BundledDataset> {
  return JSON.parse(await fs.readFile(new URL(`${name}.json`, folder), 'utf8'));
}
