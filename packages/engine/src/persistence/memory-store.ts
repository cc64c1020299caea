import type { Clock, CollectionStore, PersistentName } from "../host.ts";
import type { ByteString } from "../text/bytes.ts";

/** Bounds of the store. What is past a bound is dropped, the longest unwritten first, and counted in `evictions`. */
export interface MemoryStoreOptions {
  readonly clock: Clock;
  /** Estimated bytes of all records. Default 64 MiB. */
  readonly byteLimit?: number;
  /** Records kept. Default 100000. */
  readonly recordLimit?: number;
  /** Variables per record. Default 1000. */
  readonly variableLimit?: number;
}

/** A variable as the store holds it. `expiresAt` is Infinity when it lives as long as its record. */
export interface StoredEntry {
  readonly collection: PersistentName;
  readonly key: ByteString;
  readonly name: ByteString;
  readonly value: ByteString;
  readonly expiresAt: number;
  readonly recordExpiresAt: number;
}

/** What a record and a variable cost besides their texts, roughly. */
const RECORD_OVERHEAD = 256;
const VARIABLE_OVERHEAD = 96;
/** A record may use this part of `byteLimit`, so that no one key can push out all others. */
const RECORD_SHARE = 1 / 16;
const DEFAULT_TTL_MS = 3_600_000;

interface StoredVariable {
  readonly value: ByteString;
  /** On the monotonic clock; Infinity when it lives as long as its record. */
  readonly expiresAt: number;
}

interface StoredRecord {
  /** Longest unwritten first. */
  readonly variables: Map<ByteString, StoredVariable>;
  bytes: number;
  expiresAt: number;
}

/**
 * Persistent collections in the memory of this process: exact, bounded, gone with the process.
 *
 * Compat: a record's time starts anew with every write, as in ModSecurity; reading it changes nothing.
 * Invariant: `bytes` is at most `byteLimit` and a record holds at most its share, whatever rules store.
 */
export class MemoryCollectionStore implements CollectionStore {
  readonly #clock: Clock;
  readonly #byteLimit: number;
  readonly #recordLimit: number;
  readonly #variableLimit: number;
  /** Longest unwritten first. */
  readonly #records = new Map<string, StoredRecord>();
  readonly #ttlMs = new Map<PersistentName, number>();
  #bytes = 0;
  #evictions = 0;

  constructor(options: MemoryStoreOptions) {
    this.#clock = options.clock;
    this.#byteLimit = options.byteLimit ?? 64 * 1024 * 1024;
    this.#recordLimit = options.recordLimit ?? 100_000;
    this.#variableLimit = options.variableLimit ?? 1000;
  }

  /** Number of records kept, expired ones that nobody asked for since included. */
  get size(): number {
    return this.#records.size;
  }

  /** Estimated bytes of all records. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Records and variables dropped for want of room. */
  get evictions(): number {
    return this.#evictions;
  }

  load(collection: PersistentName, key: ByteString, ttlSeconds: number): Map<ByteString, ByteString> {
    this.#ttlMs.set(collection, ttlSeconds * 1000);
    const values = new Map<ByteString, ByteString>();
    const record = this.#live(recordId(collection, key));
    if (record === undefined) return values;
    const now = this.#clock.monotonic();
    for (const [name, { value, expiresAt }] of record.variables) {
      if (expiresAt > now) values.set(name, value);
      else this.#drop(record, name);
    }
    return values;
  }

  /** @throws RangeError when the value alone is larger than a record may be. */
  set(collection: PersistentName, key: ByteString, name: ByteString, value: ByteString): void {
    const cost = VARIABLE_OVERHEAD + name.length + value.length;
    const recordBytes = this.#byteLimit * RECORD_SHARE;
    if (RECORD_OVERHEAD + key.length + cost > recordBytes) {
      throw new RangeError(`a value of ${value.length} bytes for ${collection} is larger than a record may be`);
    }
    const record = this.#open(collection, key);
    const expiresAt = this.#variable(record, name)?.expiresAt ?? Infinity;
    this.#drop(record, name);
    record.variables.set(name, { value, expiresAt });
    record.bytes += cost;
    this.#bytes += cost;
    // Invariant: the variable just written is the last one, and fits, so neither loop takes it.
    while (record.variables.size > this.#variableLimit || record.bytes > recordBytes) {
      this.#drop(record, record.variables.keys().next().value!);
      this.#evictions++;
    }
    this.#makeRoom();
  }

  increment(collection: PersistentName, key: ByteString, name: ByteString, delta: number): number {
    const record = this.#live(recordId(collection, key));
    const current = Number((record && this.#variable(record, name)?.value) ?? 0);
    const sum = (Number.isSafeInteger(current) ? current : 0) + delta;
    const total = Math.min(Math.max(sum, -Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
    this.set(collection, key, name, String(total));
    return total;
  }

  remove(collection: PersistentName, key: ByteString, name: ByteString): void {
    const record = this.#live(recordId(collection, key));
    if (record !== undefined) this.#drop(record, name);
  }

  expire(collection: PersistentName, key: ByteString, name: ByteString, seconds: number): void {
    const record = this.#live(recordId(collection, key));
    const variable = record && this.#variable(record, name);
    if (variable === undefined) return;
    record!.variables.set(name, { value: variable.value, expiresAt: this.#clock.monotonic() + seconds * 1000 });
  }

  /** All live variables, with the monotonic times at which they and their records end; for a store on disk. */
  *entries(): Generator<StoredEntry, void, undefined> {
    const now = this.#clock.monotonic();
    for (const [id, record] of this.#records) {
      if (record.expiresAt <= now) continue;
      const end = id.indexOf("\0");
      const [collection, key] = [id.slice(0, end) as PersistentName, id.slice(end + 1)];
      for (const [name, { value, expiresAt }] of record.variables) {
        if (expiresAt > now) yield { collection, key, name, value, expiresAt, recordExpiresAt: record.expiresAt };
      }
    }
  }

  #live(id: string): StoredRecord | undefined {
    const record = this.#records.get(id);
    if (record === undefined || record.expiresAt > this.#clock.monotonic()) return record;
    this.#forget(id, record);
    return undefined;
  }

  #variable(record: StoredRecord, name: ByteString): StoredVariable | undefined {
    const variable = record.variables.get(name);
    return variable !== undefined && variable.expiresAt > this.#clock.monotonic() ? variable : undefined;
  }

  /** The record for writing, last in the order, with its time begun anew. */
  #open(collection: PersistentName, key: ByteString): StoredRecord {
    const id = recordId(collection, key);
    let record = this.#live(id);
    if (record === undefined) {
      record = { variables: new Map(), bytes: RECORD_OVERHEAD + key.length, expiresAt: 0 };
      this.#bytes += record.bytes;
    } else {
      this.#records.delete(id);
    }
    record.expiresAt = this.#clock.monotonic() + (this.#ttlMs.get(collection) ?? DEFAULT_TTL_MS);
    this.#records.set(id, record);
    return record;
  }

  #drop(record: StoredRecord, name: ByteString): void {
    const variable = record.variables.get(name);
    if (variable === undefined) return;
    const cost = VARIABLE_OVERHEAD + name.length + variable.value.length;
    record.bytes -= cost;
    this.#bytes -= cost;
    record.variables.delete(name);
  }

  #forget(id: string, record: StoredRecord): void {
    this.#bytes -= record.bytes;
    this.#records.delete(id);
  }

  #makeRoom(): void {
    const now = this.#clock.monotonic();
    for (const [id, record] of this.#records) {
      const full = this.#bytes > this.#byteLimit || this.#records.size > this.#recordLimit;
      if (!full && record.expiresAt > now) return;
      if (record.expiresAt > now) this.#evictions++;
      this.#forget(id, record);
    }
  }
}

function recordId(collection: PersistentName, key: ByteString): string {
  return `${collection}\0${key}`;
}
