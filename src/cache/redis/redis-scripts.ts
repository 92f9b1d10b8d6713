/**
 * The invalidation log is one sorted set, so that Redis can lose all of it or nothing (eviction, DEL, FLUSHALL):
 *   `i:<incarnation>:<run id>` at score -1, `c` at the clock's count, `f` at the floor,
 *   `s<tag>` and `h<tag>` at the count of the tag's last soft and hard invalidation.
 * Without it, or on a server process other than the one that wrote it (restarted, also on a dump; failed over), a new incarnation begins;
 * marks that are still there stay. The count never falls behind the server's time in microseconds nor behind what a process knows.
 */
const clock = `
  local log = KEYS[1]
  local info = redis.pcall('INFO', 'server')
  local run = type(info) == 'string' and string.match(info, 'run_id:(%w+)') or ''
  local time = redis.call('TIME')
  local now = time[1] * 1000000 + time[2]
  local kind = redis.call('TYPE', log).ok
  if kind ~= 'zset' and kind ~= 'none' then redis.call('DEL', log) end
  local born = redis.call('ZRANGEBYSCORE', log, -1, -1)[1]
  local incarnation, ran = string.match(born or '', '^i:(%w+):(%w*)$')
  local n = tonumber(redis.call('ZSCORE', log, 'c') or '0')
  local floor = tonumber(redis.call('ZSCORE', log, 'f') or '0')
  local function number(value) return string.format('%.0f', value) end`;

/** A clock that stands somewhere: begins a new incarnation where there is none of this server process. */
const standingClock = `${clock}
  if n == 0 or ran ~= run then
    if born then redis.call('ZREM', log, born) end
    incarnation = ARGV[1]
    n = math.max(n + 1, now)
    redis.call('ZADD', log, -1, 'i:' .. incarnation .. ':' .. run)
    redis.call('ZADD', log, number(n), 'c')
  end
  if n < tonumber(ARGV[3]) then
    n = tonumber(ARGV[3])
    redis.call('ZADD', log, number(n), 'c')
  end`;

/** What Redis does in one step. Every script touches keys of one slot only: the log alone, or an entry and its lease. */
export const redisScripts = {
  /**
   * KEYS log; ARGV a new incarnation, ttl, known count, since, tag...
   * Answers incarnation, count, floor, milliseconds, then the soft and the hard count of each tag, unless there is no mark after `since`.
   */
  hgLook: {
    numberOfKeys: 1,
    lua: `${standingClock}
      local renewed = redis.pcall('PEXPIRE', log, ARGV[2])
      if type(renewed) == 'table' and string.find(renewed.err, 'READONLY') then return renewed end
      local reply = {incarnation, n, floor, math.floor(now / 1000)}
      local since = tonumber(ARGV[4])
      local news = redis.call('ZCOUNT', log, '(' .. ARGV[4], '+inf')
      if n > since then news = news - 1 end
      if floor > since then news = news - 1 end
      if news == 0 then return reply end
      for i = 5, #ARGV do
        reply[#reply + 1] = tonumber(redis.call('ZSCORE', log, 's' .. ARGV[i]) or '0')
        reply[#reply + 1] = tonumber(redis.call('ZSCORE', log, 'h' .. ARGV[i]) or '0')
      end
      return reply`,
  },
  /** KEYS entry; ARGV how the caller's copy begins, length of that. Answers 1 when the entry begins so, too, else its bytes. */
  hgRead: {
    numberOfKeys: 1,
    lua: `
      local begins = redis.call('GETRANGE', KEYS[1], 0, ARGV[2] - 1)
      if begins == ARGV[1] then return 1 end
      return redis.call('GET', KEYS[1])`,
  },
  /**
   * Marks tags and says so on the channel. A mark never goes back. Marks older than the longest grace are dropped, and the oldest
   * beyond the bound: the floor says up to where. A server that refuses writes still says it on the channel; a replica refuses.
   * KEYS log; ARGV a new incarnation, ttl, known count, `s` or `h`, repeated count or 0, grace in microseconds, most marks, channel,
   * origin, tag... Answers incarnation, count, 1 or 0 (refused).
   */
  hgInvalidate: {
    numberOfKeys: 1,
    lua: `${clock}
      local refused
      local function write(...)
        local reply = refused or redis.pcall(...)
        if type(reply) == 'table' and reply.err then refused = reply end
      end
      local repeats = tonumber(ARGV[5])
      local count = repeats
      if repeats == 0 then count = math.max(n + 1, now, tonumber(ARGV[3])) end
      write('ZADD', log, number(math.max(n, count, tonumber(ARGV[3]))), 'c')
      if n == 0 or ran ~= run then
        if born then write('ZREM', log, born) end
        incarnation = ARGV[1]
        write('ZADD', log, -1, 'i:' .. incarnation .. ':' .. run)
      end
      local tags = {}
      for i = 10, #ARGV do
        tags[#tags + 1] = ARGV[i]
        local member = ARGV[4] .. ARGV[i]
        local present = tonumber(redis.call('ZSCORE', log, member) or '0')
        if present < count then write('ZADD', log, number(count), member) end
      end
      local cutoff = now - tonumber(ARGV[6])
      local excess = redis.call('ZCARD', log) - tonumber(ARGV[7])
      if excess > 0 then
        local last = redis.call('ZRANGE', log, excess, excess, 'WITHSCORES')
        cutoff = math.max(cutoff, tonumber(last[2]))
      end
      if redis.call('ZCOUNT', log, 1, number(cutoff)) > 0 then
        write('ZREMRANGEBYSCORE', log, 1, number(cutoff))
        write('ZADD', log, number(math.max(cutoff, floor)), 'f')
      end
      write('PEXPIRE', log, ARGV[2])
      if refused and string.find(refused.err, 'READONLY') then return refused end
      local message = {tags = tags, mode = ARGV[4], count = number(count), incarnation = incarnation, origin = ARGV[9]}
      redis.pcall('PUBLISH', ARGV[8], cjson.encode(message))
      return {incarnation, count, refused and 0 or 1}`,
  },
  /** KEYS entry, lease; ARGV token, ttl, how the entry began when it was read, length of that. */
  hgAcquire: {
    numberOfKeys: 2,
    lua: `
      local begins = redis.pcall('GETRANGE', KEYS[1], 0, ARGV[4] - 1)
      if type(begins) == 'table' then begins = '' end
      if begins ~= ARGV[3] then return 'changed' end
      local kind = redis.call('TYPE', KEYS[2]).ok
      if kind ~= 'string' and kind ~= 'none' then redis.call('DEL', KEYS[2]) end
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
      redis.pcall('PUBLISH', ARGV[2], ARGV[3])
      return 1`,
  },
  /** KEYS entry, lease; ARGV token, bytes, ttl, channel, message. */
  hgCommit: {
    numberOfKeys: 2,
    lua: `
      if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
      redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
      redis.call('DEL', KEYS[2])
      redis.pcall('PUBLISH', ARGV[4], ARGV[5])
      return 1`,
  },
} as const;
