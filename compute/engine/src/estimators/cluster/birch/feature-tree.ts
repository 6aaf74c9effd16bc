/**
 * The tree of clustering features of BIRCH (Zhang, Ramakrishnan & Livny, "BIRCH: An Efficient Data Clustering Method for
 * Very Large Databases", 1996): each node has some subclusters, known by the number, the sum and the sum of squares of
 * their rows; below each subcluster of an inner node stands a node that parts it further.
 */
export interface TreeLimits {
  readonly features: number;
  readonly threshold: number;
  readonly branchingFactor: number;
}

interface Subcluster {
  count: number;
  sums: Float64Array;
  squares: number;
  readonly child?: Node;
}

/** Nodes keep their subclusters' centroids side by side, because they are searched all the time. */
class Node {
  readonly leaf: boolean;
  readonly subclusters: Subcluster[] = [];
  readonly centroids: Float64Array;
  readonly squaredNorms: Float64Array;
  readonly #features: number;

  /** With room for one subcluster too many, which makes it split. */
  constructor({ features, branchingFactor }: TreeLimits, leaf: boolean) {
    this.leaf = leaf;
    this.#features = features;
    this.centroids = new Float64Array((branchingFactor + 1) * features);
    this.squaredNorms = new Float64Array(branchingFactor + 1);
  }

  append(subcluster: Subcluster): void {
    this.subclusters.push(subcluster);
    this.refresh(this.subclusters.length - 1);
  }

  replace(position: number, subcluster: Subcluster): void {
    this.subclusters[position] = subcluster;
    this.refresh(position);
  }

  /** Computes a centroid anew. */
  refresh(position: number): void {
    const { sums, count } = this.subclusters[position];
    const start = position * this.#features;
    let norm = 0;
    for (let k = 0; k < sums.length; k++) {
      const value = sums[k] / count;
      this.centroids[start + k] = value;
      norm += value * value;
    }
    this.squaredNorms[position] = norm;
  }

  /** The subcluster whose centroid is nearest to a point, the first of equals. */
  nearest(point: Float64Array): number {
    const { centroids, squaredNorms } = this;
    let best = 0;
    let least = Infinity;
    for (let i = 0, at = 0; i < this.subclusters.length; i++) {
      let product = 0;
      for (let k = 0; k < point.length; k++, at++) product += centroids[at] * point[k];
      const distance = squaredNorms[i] - 2 * product;
      if (distance < least) {
        least = distance;
        best = i;
      }
    }
    return best;
  }
}

export class FeatureTree {
  readonly #limits: TreeLimits;
  #root: Node;

  constructor(limits: TreeLimits) {
    this.#limits = limits;
    this.#root = new Node(limits, true);
  }

  insert(row: Float64Array): void {
    const squares = row.reduce((sum, value) => sum + value * value, 0);
    if (!this.#insertInto(this.#root, row, squares)) return;
    const [first, second] = this.#split(this.#root);
    this.#root = new Node(this.#limits, false);
    this.#root.append(first);
    this.#root.append(second);
  }

  /** The centroids of the leaves' subclusters, in the order of the leaves. */
  centroids(): Float64Array[] {
    const found: Float64Array[] = [];
    const { features } = this.#limits;
    const visit = (node: Node): void => {
      for (const [i, { child }] of node.subclusters.entries())
        if (child) visit(child);
        else found.push(node.centroids.slice(i * features, (i + 1) * features));
    };
    visit(this.#root);
    return found;
  }

  /** Whether the node has too many subclusters now. */
  #insertInto(node: Node, row: Float64Array, squares: number): boolean {
    const { branchingFactor } = this.#limits;
    if (node.subclusters.length === 0) {
      node.append({ count: 1, sums: row, squares });
      return false;
    }
    const position = node.nearest(row);
    const subcluster = node.subclusters[position];
    if (subcluster.child) {
      if (this.#insertInto(subcluster.child, row, squares)) {
        const [first, second] = this.#split(subcluster.child);
        node.replace(position, first);
        node.append(second);
      } else {
        add(subcluster, { count: 1, sums: row, squares });
        node.refresh(position);
      }
    } else if (this.#absorb(subcluster, row, squares)) node.refresh(position);
    else node.append({ count: 1, sums: row, squares });
    return node.subclusters.length > branchingFactor;
  }

  /** Adds the row to the subcluster unless its radius would exceed the threshold. */
  #absorb(subcluster: Subcluster, row: Float64Array, squares: number): boolean {
    const count = subcluster.count + 1;
    const share = 1 / count;
    let norm = 0;
    for (let k = 0; k < row.length; k++) {
      const value = share * (subcluster.sums[k] + row[k]);
      norm += value * value;
    }
    const squaredRadius = (subcluster.squares + squares) / count - norm;
    if (!(squaredRadius <= this.#limits.threshold * this.#limits.threshold)) return false;
    // The sums may be the row they began with.
    subcluster.sums = subcluster.sums.map((sum, k) => sum + row[k]);
    subcluster.count = count;
    subcluster.squares += squares;
    return true;
  }

  /** Parts a node in two around the two centroids that are farthest from each other. */
  #split(node: Node): [Subcluster, Subcluster] {
    const { features } = this.#limits;
    const parts = [new Node(this.#limits, node.leaf), new Node(this.#limits, node.leaf)];
    const wholes = parts.map((child) => ({ count: 0, sums: new Float64Array(features), squares: 0, child }));
    const distances = squaredDistances(node, features);
    const size = node.subclusters.length;
    let farthest = 0;
    for (let at = 1; at < distances.length; at++) if (distances[at] > distances[farthest]) farthest = at;
    const [one, other] = [Math.floor(farthest / size), farthest % size];
    for (const [i, subcluster] of node.subclusters.entries()) {
      const part = i === one || distances[one * size + i] < distances[other * size + i] ? 0 : 1;
      parts[part].append(subcluster);
      add(wholes[part], subcluster);
    }
    return [wholes[0], wholes[1]];
  }
}

function add(subcluster: Subcluster, { count, sums, squares }: Subcluster): void {
  subcluster.count += count;
  for (let k = 0; k < sums.length; k++) subcluster.sums[k] += sums[k];
  subcluster.squares += squares;
}

function squaredDistances({ subclusters, centroids, squaredNorms }: Node, features: number): Float64Array {
  const size = subclusters.length;
  const distances = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < i; j++) {
      let product = 0;
      for (let k = 0; k < features; k++) product += centroids[i * features + k] * centroids[j * features + k];
      const distance = Math.max(0, squaredNorms[i] - 2 * product + squaredNorms[j]);
      distances[i * size + j] = distance;
      distances[j * size + i] = distance;
    }
  return distances;
}
