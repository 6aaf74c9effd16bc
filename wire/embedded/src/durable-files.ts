/**
 * Real fsync. PGlite starts PostgreSQL with -F and its file system answers fsync and fdatasync without doing anything;
 * then a power loss can take commits that were acknowledged. Without -F and with these hooks they reach the disk.
 */
import fs from 'node:fs';
import { syncDirectory } from '@pgml/runtime';
import type { PostgresModule, SystemCalls } from './postgres-module.js';

const EIO = 29;

/** Open files have a descriptor of the host; directories have none, and are opened for the moment. */
export function makeFilesDurable(module: PostgresModule): void {
  const { NODEFS } = module;
  NODEFS.stream_ops.fsync = (stream) => {
    if (stream.nfd !== undefined) fs.fsyncSync(stream.nfd);
    else syncDirectory(NODEFS.realPath(stream.node));
    return 0;
  };
}

/** The module is not there yet when its imports are made. */
export function makeDataSyncDurable(imports: SystemCalls, module: () => PostgresModule): void {
  imports.env.__syscall_fdatasync = (descriptor: number) => {
    try {
      const stream = module().FS.getStream(descriptor);
      if (stream?.nfd !== undefined) fs.fdatasyncSync(stream.nfd);
      return 0;
    } catch {
      return -EIO;
    }
  };
}
