import { attacksDrill } from './attacks/attacks.js';
import { drain } from './cases/drain.js';
import { logFull } from './cases/log-full.js';
import { memory } from './cases/memory.js';
import { mongoKilled } from './cases/mongo-killed.js';
import { pipelining } from './cases/pipelining.js';
import { isolation } from './cases/redis/isolation.js';
import { rateLimitShared } from './cases/redis/rate-limit-shared.js';
import { redisKilled } from './cases/redis/redis-killed.js';
import { redisSlow } from './cases/redis/redis-slow.js';
import { stampede } from './cases/redis/stampede.js';
import { sectionFailing } from './cases/section-failing.js';
import { sectionSlow } from './cases/section-slow.js';
import { sigtermUnderLoad } from './cases/sigterm-under-load.js';
import { slowClients } from './cases/slow-clients.js';
import { fuzz } from './fuzz/fuzz.js';
import type { Drill } from './support/drill.js';

/** Every drill, in the order in which they run. */
export const drills: readonly Drill[] = [
  redisSlow,
  mongoKilled,
  sectionSlow,
  sectionFailing,
  isolation,
  stampede,
  sigtermUnderLoad,
  drain,
  redisKilled,
  slowClients,
  pipelining,
  logFull,
  rateLimitShared,
  memory,
  attacksDrill,
  fuzz,
];
