/** The version of this package, which every artifact carries; a test compares it with package.json. */
export const version = '0.1.0';
