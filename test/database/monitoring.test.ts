import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { openScene } from '../support/servers/embedded-mongodb.js';

const scene = await openScene('monitoring');

describe('monitoring', () => {
  it('streams its heartbeats: a client that listens never loses the server', async () => {
    const client = scene.connect({ heartbeatFrequencyMS: 500 });
    const failures: unknown[] = [];
    client.on('serverHeartbeatFailed', ({ failure }) => failures.push(failure));
    await client.connect();
    for (let beat = 0; beat < 3; beat += 1) await once(client, 'serverHeartbeatSucceeded');
    expect(failures).toEqual([]);
  });
});
