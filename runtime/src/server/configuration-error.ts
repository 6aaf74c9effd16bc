/** A setting, a file or an address with which the runtime cannot run; the message says the way out. */
export class ConfigurationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigurationError';
  }
}
