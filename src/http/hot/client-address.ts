import type { IncomingMessage } from 'node:http';
import proxyAddress from '@fastify/proxy-addr';
import type { Config } from '../../config/config.js';
import { withoutPorts } from '../rate-limit/forwarded-for.js';

/** A client's address, as Fastify's `request.ip` tells it: of the connection, or what trusted proxies say. */
export function createClientAddress(trustProxy: Config['http']['trustProxy']): (request: IncomingMessage) => string {
  const ofConnection = ({ socket }: IncomingMessage) => socket.remoteAddress ?? '';
  if (trustProxy === false) return ofConnection;
  const trust =
    typeof trustProxy === 'function' ? trustProxy : trustProxy === true ? () => true : proxyAddress.compile(trustProxy);
  return (request) => {
    const given = request.headers['x-forwarded-for'];
    if (given === undefined) return ofConnection(request);
    // Nothing else of a request is read.
    const headers = { 'x-forwarded-for': withoutPorts(String(given)) };
    return proxyAddress({ headers, socket: request.socket } as unknown as IncomingMessage, trust);
  };
}
