import { randomBytes } from 'node:crypto';

/** What an `x-request-id` may look like, so that it cannot forge log lines or headers. */
export const REQUEST_ID = /^[\w.:-]{1,128}$/;

const ID_BYTES = 9;
/** Random bytes are drawn for many ids at a time: drawing them for one costs more than everything else about it. */
const POOL_BYTES = ID_BYTES * 1024;

/** Makes request ids that no other process makes either: 72 random bits each. */
export function createRequestIds(): () => string {
  let pool = Buffer.alloc(0);
  return () => {
    if (pool.length < ID_BYTES) pool = randomBytes(POOL_BYTES);
    const id = pool.toString('base64url', 0, ID_BYTES);
    pool = pool.subarray(ID_BYTES);
    return `req_${id}`;
  };
}
