import { type Db, MongoServerError } from 'mongodb';
import type { Clock } from '../../core/clock.js';
import type { Finding } from './finding.js';

/** The longest that one question may take the server. */
export const QUESTION_MS = 5000;
/** A clock that differs by more makes offers end at the wrong time. */
const CLOCK_MS = 1000;
/** Change streams, and everything else that is used. */
const OLDEST = [4, 4] as const;

/** The server: its version, whether it has change streams, whether this user may read them, its clock. */
export async function checkServer(database: Db, clock: Clock): Promise<Finding[]> {
  const subject = 'database';
  const askedAt = clock.now();
  const [hello, build] = await Promise.all([
    database.command({ hello: 1, maxTimeMS: QUESTION_MS }),
    database.command({ buildInfo: 1, maxTimeMS: QUESTION_MS }),
  ]);
  const version = String(build['version']);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  const kind = build['gitVersion'] === 'embedded' ? 'embedded database, for demos and tests' : 'MongoDB';
  const findings: Finding[] = [
    {
      subject,
      severity: isOld ? 'fault' : 'ok',
      text: `${kind} ${version}, database "${database.databaseName}"${isOld ? `: ${OLDEST.join('.')} or later is needed` : ''}`,
    },
    await checkChanges(database, hello['setName'] as string | undefined, hello['msg'] === 'isdbgrid'),
  ];
  const serverTime = (hello['localTime'] as Date | undefined)?.getTime();
  const offMs = serverTime === undefined ? 0 : serverTime - (askedAt + clock.now()) / 2;
  if (Math.abs(offMs) > CLOCK_MS) {
    findings.push({
      ...{ subject, severity: 'warning', remedy: 'synchronise both clocks (NTP)' },
      text: `its clock differs from this machine's by ${(offMs / 1000).toFixed(1)} s: offers end by the gateway's`,
    });
  }
  return findings;
}

async function checkChanges(database: Db, setName: string | undefined, isSharded: boolean): Promise<Finding> {
  const subject = 'change stream';
  if (setName === undefined && !isSharded) {
    return {
      ...{ subject, severity: 'warning', text: 'no replica set: changes are not seen, sections live by CACHE_TTL' },
      remedy: 'run mongod with --replSet and initiate it, or call POST /admin/invalidate after changes',
    };
  }
  try {
    const cursor = database.watch([], { maxAwaitTimeMS: 1 });
    await cursor.tryNext();
    await cursor.close();
    return { subject, severity: 'ok', text: `changes can be followed${setName ? ` (replica set ${setName})` : ''}` };
  } catch (error) {
    const reason = error instanceof MongoServerError ? (error.codeName ?? error.message) : String(error);
    return {
      ...{ subject, severity: 'warning', text: `changes cannot be followed: ${reason}` },
      remedy: `grant the actions find and changeStream on database "${database.databaseName}"`,
    };
  }
}
