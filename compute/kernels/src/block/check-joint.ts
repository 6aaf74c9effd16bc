/** Checking blocks of the kind `joint`; assembly/evaluate/joint.ts describes their words. */
import { HEADER_BYTES, kinds } from './block.js';
import { BlockError, type BlockFacts, type BlockReader } from './block-reader.js';

/** `checkModel` checks a block of another kind. Each ends where the next begins, so that no byte is looked at twice. */
export function checkJoint(
  block: BlockReader,
  { features, outputs, decision, classes }: BlockFacts,
  checkModel: (bytes: Uint8Array) => BlockFacts,
): void {
  const [models, all] = [block.word(6), block.word(9)];
  const offsets = block.array(7, models, 4);
  const blocks = block.array(8, all, 1);
  if (decision !== 'vector' || classes !== models)
    throw new BlockError(`${models} models and ${classes} values do not go together with the decision ${decision}`);
  for (let model = 0; model < models; model++) {
    const offset = block.view.getUint32(offsets + 4 * model, true);
    const end = model + 1 < models ? block.view.getUint32(offsets + 4 * model + 4, true) : all;
    if (offset % 16 !== 0 || end > all || offset + HEADER_BYTES > end)
      throw new BlockError(`its model ${model} lies from byte ${offset} to ${end} of ${all}`);
    if (block.view.getUint32(blocks + offset, true) === kinds.joint)
      throw new BlockError('it has a joint model in a joint model');
    const facts = checkModel(block.bytes.subarray(blocks + offset, blocks + end));
    if (facts.features !== features || model + facts.outputs > outputs)
      throw new BlockError(`its model ${model} has ${facts.features} features and ${facts.outputs} outputs`);
  }
}
