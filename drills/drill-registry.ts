import { attacksDrill } from './attacks/attacks.js';
import { clock } from './cases/clock.js';
import { databaseDropped } from './cases/database-dropped.js';
import { drain } from './cases/drain.js';
import { logFull } from './cases/log-full.js';
import { manyKeys } from './cases/many-keys.js';
import { memory } from './cases/memory.js';
import { mongoKilled } from './cases/mongo-killed.js';
import { pipelining } from './cases/pipelining.js';
import { changeStorm } from './cases/redis/change-storm.js';
import { firstPage } from './cases/redis/first-page.js';
import { isolation } from './cases/redis/isolation.js';
import { rateLimitShared } from './cases/redis/rate-limit-shared.js';
import { redisFailover } from './cases/redis/redis-failover.js';
import { redisKilled } from './cases/redis/redis-killed.js';
import { redisSlow } from './cases/redis/redis-slow.js';
import { redisSnapshot } from './cases/redis/redis-snapshot.js';
import { redisTrouble } from './cases/redis/redis-trouble.js';
import { stampede } from './cases/redis/stampede.js';
import { twoShops } from './cases/redis/two-shops.js';
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
  redisTrouble,
  firstPage,
  redisSnapshot,
  redisFailover,
  twoShops,
  clock,
  databaseDropped,
  changeStorm,
  slowClients,
  pipelining,
  logFull,
  rateLimitShared,
  memory,
  manyKeys,
  attacksDrill,
  fuzz,
];
