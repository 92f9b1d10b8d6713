import { attacksDrill } from './attacks.js';
import type { Drill } from './drill.js';
import { fuzz } from './fuzz.js';
import { isolation } from './isolation.js';
import { memory } from './memory.js';
import { mongoKilled } from './mongo-killed.js';
import { rateLimitShared } from './rate-limit-shared.js';
import { redisKilled } from './redis-killed.js';
import { redisSlow } from './redis-slow.js';
import { sectionFailing } from './section-failing.js';
import { sectionSlow } from './section-slow.js';
import { sigtermUnderLoad } from './sigterm-under-load.js';
import { slowClients } from './slow-clients.js';
import { stampede } from './stampede.js';

/** Every drill, in the order in which they run. */
export const drills: readonly Drill[] = [
  redisSlow,
  mongoKilled,
  sectionSlow,
  sectionFailing,
  isolation,
  stampede,
  sigtermUnderLoad,
  redisKilled,
  slowClients,
  rateLimitShared,
  memory,
  attacksDrill,
  fuzz,
];
