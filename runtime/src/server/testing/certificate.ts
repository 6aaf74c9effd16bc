/** A certificate that signs itself, for tests of TLS. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** Why no certificate can be made here; false if one can. */
export function opensslMissing(): string | false {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'openssl, which makes the certificate, is not installed';
  }
}

/** Makes the two files in `folder`. */
export function makeCertificate(folder: string, name: string): { readonly tlsCert: string; readonly tlsKey: string } {
  const [tlsCert, tlsKey] = ['pem', 'key'].map((suffix) => path.join(folder, `${name}.${suffix}`));
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  const make = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', [...make, ...subject, '-keyout', tlsKey, '-out', tlsCert], { stdio: 'ignore' });
  return { tlsCert, tlsKey };
}
