/** Checking blocks of the kind `neighbours`; assembly/evaluate/neighbours.ts describes their words. */
import { BlockError, type BlockFacts, type BlockReader } from './block-reader.js';

const METRICS = 5;
const DECISION_WORD = 15;
const MOST = 2 ** 31 - 1;

export function checkNeighbours(block: BlockReader, facts: BlockFacts): void {
  checkSearch(block, facts);
  const rows = block.word(8);
  if (facts.decision === 'neighbourMean') block.array(DECISION_WORD, rows + 1, 8);
  if (facts.decision !== 'neighbourVote') return;
  const outlier = block.view.getFloat64(block.array(DECISION_WORD, rows + 2, 8) + 8, true);
  if (!(outlier >= -1 && outlier < facts.classes))
    throw new BlockError(`its class without neighbours is ${outlier} of ${facts.classes}`);
}

function checkSearch(block: BlockReader, { features, outputs }: BlockFacts): void {
  const [metric, width, rows, k] = [block.word(6), block.word(7), block.word(8), block.word(9)];
  const nodes = block.word(11);
  block.array(10, rows * features, 4);
  block.array(14, 2, 8);
  if (nodes > 0) {
    block.array(12, rows, 4);
    block.array(13, 2 * nodes * features, 4);
  }
  if (metric >= METRICS) throw new BlockError(`${metric} is no metric`);
  if (width !== features) throw new BlockError(`it searches rows of ${width} features, but has ${features}`);
  if (rows === 0 || rows > MOST || k === 0 || k > MOST || outputs !== 2 * k)
    throw new BlockError(`it looks for ${k} of ${rows} neighbours and has ${outputs} outputs`);
  if (nodes === 0) return;
  if (!Number.isInteger(Math.log2(nodes + 1))) throw new BlockError(`its tree has ${nodes} nodes`);
  const numbers = block.word(12);
  for (let at = 0; at < rows; at++) {
    const number = block.view.getUint32(numbers + 4 * at, true);
    if (number >= rows) throw new BlockError(`it has a row with the number ${number} of ${rows}`);
  }
}
