/*
 * What must happen at once in Redis. Every change of a person raises the version `v`, and a commit holds only for the
 * version it was decided on: two instances that look at somebody at the same time cannot overrule one another.
 */

/** KEYS person, due · ARGV user id, remember ms, first end, last sign of life or '', then field and value of each lease. */
export const renew = `
redis.call('ZADD', KEYS[2], 'LT', ARGV[3], ARGV[1])
redis.call('HSET', KEYS[1], unpack(ARGV, 5))
redis.call('HINCRBY', KEYS[1], 'v', 1)
if ARGV[4] ~= '' and tonumber(ARGV[4]) > tonumber(redis.call('HGET', KEYS[1], 'seen') or '0') then
  redis.call('HSET', KEYS[1], 'seen', ARGV[4])
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('HGETALL', KEYS[1])`;

/** KEYS person, due · ARGV user id, version, told before, told now or '', due or '', then the fields that have ended. */
export const commit = `
if (redis.call('HGET', KEYS[1], 'v') or '0') ~= ARGV[2] then return 0 end
if (redis.call('HGET', KEYS[1], 'told') or '') ~= ARGV[3] then return 0 end
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'told', ARGV[4]) end
if ARGV[5] == '' then redis.call('ZREM', KEYS[2], ARGV[1]) else redis.call('ZADD', KEYS[2], ARGV[5], ARGV[1]) end
if #ARGV > 5 then redis.call('HDEL', KEYS[1], unpack(ARGV, 6)) end
return 1`;

/** KEYS person · ARGV number of the choice, 1 where the person is shown, remember ms. */
export const hide = `
local known = redis.call('HGET', KEYS[1], 'shown')
if known and tonumber(string.match(known, '^%d+')) > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'shown', ARGV[1] .. ' ' .. ARGV[2])
redis.call('HINCRBY', KEYS[1], 'v', 1)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`;

/** KEYS beat, since · ARGV now, standstill ms. */
export const beat = `
if tonumber(ARGV[1]) - tonumber(redis.call('GET', KEYS[1]) or '0') > tonumber(ARGV[2]) then
  redis.call('SET', KEYS[2], ARGV[1])
end
redis.call('SET', KEYS[1], ARGV[1])
return 1`;
