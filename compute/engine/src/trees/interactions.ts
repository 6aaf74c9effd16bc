/** Which features may be tested together on the way from the root to a leaf. */
export class InteractionConstraints {
  readonly #groups: readonly ReadonlySet<number>[];

  constructor(groups: readonly (readonly number[])[]) {
    this.#groups = groups.map((group) => new Set(group));
  }

  /**
   * Of some features, those that may be tested below a node on whose way the features of `path` were: these themselves,
   * and those of every group that has all of them. At the root any may.
   */
  allowed(features: Uint32Array, path: readonly number[]): Uint32Array {
    if (path.length === 0) return features;
    const groups = this.#groups.filter((group) => path.every((feature) => group.has(feature)));
    return features.filter((feature) => path.includes(feature) || groups.some((group) => group.has(feature)));
  }
}
