import { request } from 'node:http';
import type { Gateway } from './process-fixture.js';

/** Asks over a connection of its own, which the primary process of several workers gives to the one whose turn it is. */
export function askOnce(
  gateway: Pick<Gateway, 'origin'>,
  path = '/api/v1/homepage',
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${gateway.origin}${path}`, { agent: false }, async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      resolve({ status: response.statusCode ?? 0, text });
    });
    sent.once('error', reject);
    sent.end();
  });
}
