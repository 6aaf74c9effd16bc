/** Checking blocks of the kind `kernel`; assembly/evaluate/kernel.ts describes their words. */
import { pairCount } from './block.js';
import { BlockError, type BlockFacts, type BlockReader } from './block-reader.js';
import { kernelFunctions } from './kernel-functions.js';
import { MOST_DEPTH, operations } from './kernel-program.js';

export function checkKernel(block: BlockReader, { features, outputs, decision, classes }: BlockFacts): void {
  const [kind, count, scores] = [block.word(6), block.word(7), block.word(12)];
  const composite = kind === kernelFunctions.composite;
  if (kind > kernelFunctions.composite) throw new BlockError(`${kind} is no kernel function`);
  const parameters = block.array(8, composite ? 0 : 3, 8);
  block.array(9, count * features, 4);
  block.array(10, count * scores, 8);
  block.array(11, scores, 8);
  const own =
    decision === 'pairwiseCoupling'
      ? pairCount(classes)
      : decision === 'laplace'
        ? classes === 2
          ? 1
          : classes
        : outputs;
  if (scores !== own) throw new BlockError(`its ${scores} scores do not go with the decision ${decision}`);
  const hasVariances = block.word(13) !== 0;
  if (hasVariances !== (decision === 'laplace'))
    throw new BlockError(`variances and the decision ${decision} do not go together`);
  if (composite) checkPrograms(block, parameters, features, scores);
  if (!hasVariances) return;
  if (!composite) throw new BlockError('only composite kernels have variances');
  if (outputs < 2 * scores + count) throw new BlockError(`${outputs} outputs have no room for ${count} kernels`);
  block.array(13, (scores * (count * (count + 1))) / 2, 8);
}

function checkPrograms(block: BlockReader, start: number, features: number, scores: number): void {
  const programs = block.word(14);
  if (programs !== 1 && programs !== scores) throw new BlockError(`${programs} programs for ${scores} scores`);
  const end = start + 8 * Math.floor((block.length - start) / 8);
  let node = start;
  for (let program = 0; program < programs; program++) node = endOfNode(block.view, node, end, features, 0);
}

/** Where the node at byte `node` ends. */
function endOfNode(view: DataView, node: number, end: number, features: number, depth: number): number {
  const fault = (what: string) => new BlockError(`the node at byte ${node} of its kernel's program ${what}`);
  if (depth > MOST_DEPTH) throw fault('is too deep');
  const number = (index: number): number => {
    if (node + 8 * index + 8 > end) throw fault('is not whole');
    return view.getFloat64(node + 8 * index, true);
  };
  const scalesFrom = (index: number): number => {
    const scales = number(index);
    if (scales !== 1 && scales !== features) throw fault(`has ${scales} length scales`);
    return index + 1 + scales;
  };
  const numbersUpTo = (from: number): number => (from - node) / 8;
  const [operation, length] = [number(0), number(1)];
  number(2);
  let expected: number;
  switch (operation) {
    case operations.constant:
    case operations.white:
    case operations.dotProduct:
      expected = 3;
      break;
    case operations.rationalQuadratic:
    case operations.expSineSquared:
      expected = 4;
      break;
    case operations.rbf:
      expected = scalesFrom(2);
      break;
    case operations.matern:
      expected = scalesFrom(3);
      break;
    case operations.power:
      expected = numbersUpTo(endOfNode(view, node + 24, end, features, depth + 1));
      break;
    case operations.sum:
    case operations.product: {
      const second = endOfNode(view, node + 16, end, features, depth + 1);
      expected = numbersUpTo(endOfNode(view, second, end, features, depth + 1));
      break;
    }
    default:
      throw fault(`has no operation ${operation}`);
  }
  if (length !== expected || node + 8 * length > end) throw fault(`has the length ${length}`);
  return node + 8 * length;
}
