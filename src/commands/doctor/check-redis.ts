import type { Config } from '../../config/config.js';
import type { Clock } from '../../core/clock.js';
import { connectRedis } from '../../redis/redis-connection.js';
import type { Finding } from './finding.js';

const subject = 'redis';
const CONNECT_MS = 3000;
const CLOCK_MS = 1000;
/** Keys that are looked at for those of another shop. */
const SCANNED = 1000;

/** Redis as the gateway would use it: version, memory and what happens when it is full, rights, its clock, other shops. */
export async function checkRedis(redis: NonNullable<Config['redis']>, clock: Clock): Promise<Finding[]> {
  const { target, prefix } = redis;
  const connection = connectRedis({ target, commandTimeoutMs: CONNECT_MS });
  connection.connect();
  const ask = async (...step: [string, ...(string | number)[]]): Promise<unknown> => {
    const [reply] = await connection.run([step]);
    return reply;
  };
  try {
    const info = String(await answered(() => ask('info'), CONNECT_MS, clock));
    const field = (name: string) => new RegExp(`^${name}:(.*)\r?$`, 'm').exec(info)?.[1]?.trim();
    const version = field('redis_version') ?? '?';
    const isOld = Number(version.split('.')[0]) < 5;
    const findings: Finding[] = [
      {
        ...{ subject, severity: isOld ? 'fault' : 'ok' },
        text: `version ${version}, ${field('used_memory_human')} used of ${field('maxmemory_human') ?? '?'}, role ${field('role')}`,
      },
    ];
    const policy = field('maxmemory_policy');
    if (policy !== undefined && policy !== 'noeviction' && field('maxmemory') !== '0') {
      findings.push({
        ...{
          subject,
          severity: 'warning',
          text: `evicts keys when it is full (${policy}): the invalidation log may go, and all sections are loaded anew`,
        },
        remedy: 'CONFIG SET maxmemory-policy noeviction, with memory enough for all entries',
      });
    }
    findings.push(
      await checkChannels(ask, prefix),
      ...(await checkClock(ask, clock)),
      ...(await otherShops(ask, prefix)),
    );
    return findings;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [
      {
        ...{ subject, severity: 'fault', text: `cannot be used: ${reason}` },
        remedy: 'check REDIS_URL; without Redis the gateway serves from process memory alone',
      },
    ];
  } finally {
    connection.close();
  }
}

/** Commands fail until the connection stands. */
async function answered(ask: () => Promise<unknown>, limitMs: number, clock: Clock): Promise<unknown> {
  const until = clock.monotonic() + limitMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (clock.monotonic() > until || /NOAUTH|WRONGPASS|NOPERM/.test(String(error))) throw error;
      await new Promise<void>((resolve) => setTimeout(resolve, 50));
    }
  }
}

type Ask = (...step: [string, ...(string | number)[]]) => Promise<unknown>;

async function checkChannels(ask: Ask, prefix: string): Promise<Finding> {
  try {
    await ask('publish', `${prefix}:doctor`, '');
    return { subject, severity: 'ok', text: `may publish on channels of ${prefix}` };
  } catch (error) {
    return {
      ...{
        subject,
        severity: 'warning',
        text: `may not publish: other gateways hear of no invalidation (${String(error)})`,
      },
      remedy: `ACL SETUSER <user> &${prefix}:*`,
    };
  }
}

async function checkClock(ask: Ask, clock: Clock): Promise<Finding[]> {
  const askedAt = clock.now();
  const [seconds = 0, microseconds = 0] = ((await ask('time')) as unknown[]).map(Number);
  const offMs = seconds * 1000 + microseconds / 1000 - (askedAt + clock.now()) / 2;
  if (Math.abs(offMs) <= CLOCK_MS) return [];
  return [
    {
      ...{ subject, severity: 'warning', remedy: 'synchronise both clocks (NTP)' },
      text: `its clock differs from this machine's by ${(offMs / 1000).toFixed(1)} s`,
    },
  ];
}

/** Shops share a Redis by their prefixes: this one's must be its own. */
async function otherShops(ask: Ask, prefix: string): Promise<Finding[]> {
  const reply = await ask('scan', '0', 'match', '*:log', 'count', SCANNED).catch(() => undefined);
  const keys = Array.isArray(reply) && Array.isArray(reply[1]) ? reply[1].map(String) : [];
  const own = keys.includes(`${prefix}:log`);
  const others = keys.filter((key) => /^[\w.:-]{1,64}:\d+:log$/.test(key) && key !== `${prefix}:log`);
  return [
    ...(own
      ? [{ subject, severity: 'note' as const, text: `gateways with REDIS_PREFIX of ${prefix} use it already` }]
      : []),
    ...others.map((key) => ({
      ...{ subject, severity: 'note' as const },
      text: `another shop or version uses it: ${key.replace(/:log$/, '')}`,
    })),
  ];
}
