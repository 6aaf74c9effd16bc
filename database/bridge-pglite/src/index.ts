export { type PgmlExtensionOptions, pgmlExtension } from './extension.js';
