/** Encryption of the PostgreSQL door. */
import fs from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';
import { ConfigurationError } from './configuration-error.js';
import { refuseReadableByOthers } from './secret-file.js';
import type { Configuration } from './settings.js';

/** Undefined without a certificate. Throws ConfigurationError. */
export function loadTls({ tlsCert, tlsKey }: Configuration): tls.SecureContext | undefined {
  if (tlsCert === '') return undefined;
  refuseReadableByOthers(tlsKey, 'it is a private key');
  try {
    return tls.createSecureContext({
      cert: fs.readFileSync(tlsCert),
      key: fs.readFileSync(tlsKey),
      minVersion: 'TLSv1.2',
    });
  } catch (error) {
    throw new ConfigurationError(
      `TLS cannot begin with the certificate ${tlsCert} and the key ${tlsKey}: ${(error as Error).message}`,
    );
  }
}

/**
 * Whether clients on TCP must use TLS. Passwords are never sent in the clear, but what is computed would be; so a host
 * that other machines can reach wants TLS, or the word that it is not needed. Throws ConfigurationError.
 */
export function mustUseTls({ host, requireTls, tlsCert }: Configuration): boolean {
  if (requireTls === 'no' || host === '') return false;
  const required = requireTls === 'yes' || !isLoopback(host);
  if (required && tlsCert === '')
    throw new ConfigurationError(
      requireTls === 'yes'
        ? 'TLS is required but there is no certificate: give tls_cert and tls_key'
        : `other machines can reach ${host}, so TLS is required: give tls_cert and tls_key, ` +
            'or say require_tls = "no" if the network itself is safe',
    );
  return required;
}

const loopback = new net.BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const isLoopback = (host: string): boolean =>
  host === 'localhost' || (net.isIP(host) !== 0 && loopback.check(host, net.isIP(host) === 6 ? 'ipv6' : 'ipv4'));
