export { multiplyTile } from './product';
export { factorLower, solveLowerRows, solveUpperRows } from './triangular';
export { addRows, matrixVector, reflectRows } from './vectors';
export { orthogonalizeRows } from './jacobi';
export { rotateRows } from './rotations';
