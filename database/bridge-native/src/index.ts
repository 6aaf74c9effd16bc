export {
  buildExtension,
  type BuildOptions,
  CompilationError,
  type Extension,
  ExtensionError,
  installExtension,
} from './build.js';
export { bridgeSql } from './sql.js';
