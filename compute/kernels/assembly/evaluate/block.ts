// The evaluator block: what every host copies into a WebAssembly memory to run a model. Position independent,
// little-endian, 16-byte aligned; offsets are in bytes from the start of the block. src/block/block.ts writes it.
//
//   word  0  kind: 1 linear, 2 trees, 3 centroids, 4 kernel, 5 neighbours, 6 joint
//         1  features
//         2  outputs: numbers written per row, scores first, then whatever room is needed to compute them
//         3  decision, how scores become an answer (see decision.ts)
//         4  classes, or the values of a vector (0 where one value is answered)
//         5  offset of f32[classes], the value answered for each class (of nothing for a vector)
//         6… the kind's own words, described in the kind's file
//        15  offset of f64[], what the decision needs to know, if anything
export const KIND_LINEAR: u32 = 1;
export const KIND_TREES: u32 = 2;
export const KIND_CENTROIDS: u32 = 3;
export const KIND_KERNEL: u32 = 4;
export const KIND_NEIGHBOURS: u32 = 5;
export const KIND_JOINT: u32 = 6;

export const HEADER_BYTES: usize = 64;

/** Reads word `index` of the block at `model`. */
export function word(model: usize, index: usize): u32 {
  return load<u32>(model + (index << 2));
}

/** The address that the offset in word `index` points to. */
export function at(model: usize, index: usize): usize {
  return model + <usize>load<u32>(model + (index << 2));
}
