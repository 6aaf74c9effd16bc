export { extensionFiles, type PgmlExtensionOptions, pgmlExtension } from './extension.js';
