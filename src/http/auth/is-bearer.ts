import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether an `Authorization` header holds this token, compared in constant time. */
export const isBearer = (header: string | undefined, token: string): boolean =>
  timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));

const digest = (text: string) => createHash('sha256').update(text).digest();
