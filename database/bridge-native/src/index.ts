export { buildExtension, type BuildOptions, type Extension, ExtensionError, installExtension } from './build.js';
export { bridgeSql } from './sql.js';
