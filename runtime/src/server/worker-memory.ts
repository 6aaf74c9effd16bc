/** The memory of a worker has two parts with limits of their own: that of its kernels, and the heap of JavaScript. */

const MEGABYTE = 2 ** 20;
/** WebAssembly has no more. */
const MOST_FOR_KERNELS = 4096;
const LEAST_FOR_HEAP = 64;
const USUAL_FOR_HEAP = 1024;

/** A fifth is for the heap, but at least 64 MB, at most 1 GB; and what kernels cannot use. */
export function splitWorkerMemory(bytes: number): { readonly kernelMegabytes: number; readonly heapMegabytes: number } {
  const megabytes = Math.floor(bytes / MEGABYTE);
  const usual = Math.min(Math.max(Math.floor(megabytes / 5), LEAST_FOR_HEAP), USUAL_FOR_HEAP);
  const heapMegabytes = Math.max(usual, megabytes - MOST_FOR_KERNELS);
  return { kernelMegabytes: megabytes - heapMegabytes, heapMegabytes };
}
