/**
 * What Redis does in one step. Every script touches keys of one slot only: an entry and its lease share a hash tag, the clock
 * and each tag stand alone. Names are those under which the connection knows them.
 */
export const redisScripts = {
  /**
   * Reads the logical clock (see stamp.ts), or moves it on when ARGV[3] is 1. It never falls behind the server's own time, so
   * that a replica which was promoted without the last steps does not repeat them.
   * KEYS clock; ARGV a new incarnation, ttl, move. Answers the moment.
   */
  hgMoment: {
    numberOfKeys: 1,
    lua: `
      redis.call('HSETNX', KEYS[1], 'i', ARGV[1])
      local n = tonumber(redis.call('HGET', KEYS[1], 'n') or '0')
      if n == 0 or ARGV[3] == '1' then
        local time = redis.call('TIME')
        n = math.max(n + 1, time[1] * 1000000 + time[2])
        redis.call('HSET', KEYS[1], 'n', string.format('%.0f', n))
      end
      redis.call('PEXPIRE', KEYS[1], ARGV[2])
      return redis.call('HGET', KEYS[1], 'i') .. ':' .. string.format('%.0f', n)`,
  },
  /**
   * Leaves a moment on a tag and tells everybody. A tag never goes back: of two that cross, the later one stays.
   * KEYS tag; ARGV field, other field, moment, ttl, channel, message.
   */
  hgInvalidate: {
    numberOfKeys: 1,
    lua: `
      local function count(stamp) return tonumber(string.match(stamp, '(%d+)$')) end
      local present = redis.call('HGET', KEYS[1], ARGV[1])
      if not present or count(present) < count(ARGV[3]) then
        redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
      end
      redis.call('HSETNX', KEYS[1], ARGV[2], ARGV[3])
      redis.call('PEXPIRE', KEYS[1], ARGV[4])
      redis.call('PUBLISH', ARGV[5], ARGV[6])
      return 1`,
  },
  /**
   * Makes sure that a tag has stamps: one that is not known gets the moment at which the load began, and so does one that is
   * left from before the clock was lost. Stamps that are later than the load stay, of whatever incarnation: they are against it.
   * KEYS tag; ARGV moment, ttl.
   */
  hgEnsure: {
    numberOfKeys: 1,
    lua: `
      local function parts(stamp) return string.match(stamp, '^(.*):(%d+)$') end
      local incarnation, n = parts(ARGV[1])
      for _, field in ipairs({'s', 'h'}) do
        local present = redis.call('HGET', KEYS[1], field)
        local i, m
        if present then i, m = parts(present) end
        if not present or (i ~= incarnation and tonumber(m) < tonumber(n)) then
          redis.call('HSET', KEYS[1], field, ARGV[1])
        end
      end
      redis.call('PEXPIRE', KEYS[1], ARGV[2])
      return 1`,
  },
  /** KEYS entry, lease; ARGV token, ttl, how the entry began when it was read, length of that. */
  hgAcquire: {
    numberOfKeys: 2,
    lua: `
      if redis.call('GETRANGE', KEYS[1], 0, ARGV[4] - 1) ~= ARGV[3] then return 'changed' end
      if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return 'won' end
      return 'held'`,
  },
  /** KEYS lease; ARGV token, ttl. */
  hgRenew: {
    numberOfKeys: 1,
    lua: `
      if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
      return redis.call('PEXPIRE', KEYS[1], ARGV[2])`,
  },
  /** KEYS lease; ARGV token, channel, message. */
  hgRelease: {
    numberOfKeys: 1,
    lua: `
      if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
      redis.call('DEL', KEYS[1])
      redis.call('PUBLISH', ARGV[2], ARGV[3])
      return 1`,
  },
  /** KEYS entry, lease; ARGV token, bytes, ttl, channel, message. */
  hgCommit: {
    numberOfKeys: 2,
    lua: `
      if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
      redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
      redis.call('DEL', KEYS[2])
      redis.call('PUBLISH', ARGV[4], ARGV[5])
      return 1`,
  },
} as const;
