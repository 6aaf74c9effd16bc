/** The packets without a type byte: what a client may send before its first message. */
import { ByteReader, FrameWriter } from './bytes.js';
import { ProtocolError } from './errors.js';
import type { StartupPacket } from './messages.js';

// The codes are protocol versions with the impossible major number 1234.
const CANCEL_REQUEST = 80877102;
const SSL_REQUEST = 80877103;
const GSSENC_REQUEST = 80877104;

export const MINIMUM_SECRET_KEY = 4;
export const MAXIMUM_SECRET_KEY = 256;

/** The major version this codec speaks. */
export const PROTOCOL_MAJOR = 3;

export function encodeStartup(packet: StartupPacket): Uint8Array {
  const writer = new FrameWriter(undefined);
  switch (packet.type) {
    case 'SSLRequest':
      return writer.int32(SSL_REQUEST).finish();
    case 'GSSENCRequest':
      return writer.int32(GSSENC_REQUEST).finish();
    case 'CancelRequest':
      checkSecretKey(packet.secretKey);
      return writer.int32(CANCEL_REQUEST).int32(packet.processId).bytes(packet.secretKey).finish();
    case 'StartupMessage':
      writer.int16(packet.major).int16(packet.minor);
      for (const [name, value] of packet.parameters) {
        if (name === '') throw new ProtocolError('a startup parameter needs a name: an empty one ends the list');
        writer.cstring(name).cstring(value);
      }
      return writer.uint8(0).finish();
  }
}

/** `body` is what follows the length. Throws 0A000 for a major version other than 3. */
export function decodeStartup(body: Uint8Array): StartupPacket {
  const reader = new ByteReader(body, 'startup');
  const code = reader.int32();
  switch (code) {
    case SSL_REQUEST:
      reader.end();
      return { type: 'SSLRequest' };
    case GSSENC_REQUEST:
      reader.end();
      return { type: 'GSSENCRequest' };
    case CANCEL_REQUEST: {
      const processId = reader.int32();
      const secretKey = reader.rest();
      checkSecretKey(secretKey);
      return { type: 'CancelRequest', processId, secretKey };
    }
  }
  const major = code >>> 16;
  const minor = code & 0xffff;
  if (major !== PROTOCOL_MAJOR)
    throw new ProtocolError(`unsupported frontend protocol ${major}.${minor}: server supports 3.0 to 3.2`, {
      sqlstate: '0A000',
    });
  const parameters = new Map<string, string>();
  for (;;) {
    const name = reader.cstring();
    if (name === '') break;
    parameters.set(name, reader.cstring());
  }
  reader.end();
  return { type: 'StartupMessage', major, minor, parameters };
}

export function checkSecretKey(key: Uint8Array): void {
  if (key.length < MINIMUM_SECRET_KEY || key.length > MAXIMUM_SECRET_KEY)
    throw new ProtocolError(`invalid length of a cancel key: ${key.length} (4 to 256 bytes)`);
}
