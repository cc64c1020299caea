import { createHash } from "node:crypto";

/** A script that the server runs as one step. */
export interface StoreScript {
  readonly text: string;
  readonly sha: string;
}

/**
 * A record is a hash. Field `v:NAME` holds a value, `x:NAME` when it expires, in milliseconds of the server's clock, since
 * fields have no time of their own before Redis 7.4. Every write begins the record's time anew (spec: as ModSecurity).
 */
const common = `
local key = KEYS[1]
local function now() local t = redis.call('TIME') return t[1] * 1000 + math.floor(t[2] / 1000) end
local function drop_if_expired(name)
  local at = redis.call('HGET', key, 'x:' .. name)
  if at and tonumber(at) <= now() then redis.call('HDEL', key, 'v:' .. name, 'x:' .. name) end
end
`;

function script(body: string): StoreScript {
  const text = common + body;
  return { text, sha: createHash("sha1").update(text).digest("hex") };
}

/** → names and values in turn. */
export const load: StoreScript = script(`
local all = redis.call('HGETALL', key)
local expires = {}
for i = 1, #all, 2 do
  if string.sub(all[i], 1, 2) == 'x:' then expires[string.sub(all[i], 3)] = tonumber(all[i + 1]) end
end
local time = now()
local out = {}
for i = 1, #all, 2 do
  if string.sub(all[i], 1, 2) == 'v:' then
    local name = string.sub(all[i], 3)
    if not expires[name] or expires[name] > time then
      out[#out + 1] = name
      out[#out + 1] = all[i + 1]
    end
  end
end
return out
`);

/** name, value, ttl in milliseconds, limit of variables → 1, or 0 when the record is full. */
export const set: StoreScript = script(`
drop_if_expired(ARGV[1])
if redis.call('HEXISTS', key, 'v:' .. ARGV[1]) == 0 and redis.call('HLEN', key) >= tonumber(ARGV[4]) then return 0 end
redis.call('HSET', key, 'v:' .. ARGV[1], ARGV[2])
redis.call('PEXPIRE', key, ARGV[3])
return 1
`);

/** name, delta, ttl in milliseconds, limit of variables → total as text, or "" when the record is full. */
export const increment: StoreScript = script(`
drop_if_expired(ARGV[1])
local current = redis.call('HGET', key, 'v:' .. ARGV[1])
if not current and redis.call('HLEN', key) >= tonumber(ARGV[4]) then return '' end
local number = tonumber(current or '0')
if not number or number ~= math.floor(number) then number = 0 end
local total = number + tonumber(ARGV[2])
local limit = 9007199254740991
if total > limit then total = limit elseif total < -limit then total = -limit end
local text = string.format('%.0f', total)
redis.call('HSET', key, 'v:' .. ARGV[1], text)
redis.call('PEXPIRE', key, ARGV[3])
return text
`);

/** name → nothing. */
export const remove: StoreScript = script(`
redis.call('HDEL', key, 'v:' .. ARGV[1], 'x:' .. ARGV[1])
return 1
`);

/** name, milliseconds → nothing. */
export const expire: StoreScript = script(`
drop_if_expired(ARGV[1])
if redis.call('HEXISTS', key, 'v:' .. ARGV[1]) == 1 then
  redis.call('HSET', key, 'x:' .. ARGV[1], string.format('%.0f', now() + tonumber(ARGV[2])))
end
return 1
`);
