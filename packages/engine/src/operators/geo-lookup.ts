import type { ByteString } from "../text/bytes.ts";
import type { GeoDatabase, GeoRecord } from "../host.ts";
import type { OperatorDefinition } from "../operator.ts";
import type { TransactionState } from "../transaction-state.ts";
import { OperatorArgumentError } from "../operator.ts";
import { parseIp } from "../net/ip.ts";
import { encodeUtf8 } from "../text/bytes.ts";

/**
 * `@geoLookup`: the database knows the address; its record becomes GEO, under ModSecurity's names.
 *
 * Compat: in Coraza a stub that always matches and fills nothing (gaps A24).
 */
export const geoLookup: OperatorDefinition = {
  name: "geoLookup",
  summary:
    "Looks the value up in the GeoIP database and fills GEO: COUNTRY_CODE, COUNTRY_CODE3, COUNTRY_NAME, COUNTRY_CONTINENT, " +
    "REGION, CITY, POSTAL_CODE, LATITUDE, LONGITUDE, DMA_CODE, AREA_CODE. True when the address is known.",
  argument: "",
  examples: [
    { title: "known address", argument: "", input: "192.0.2.1", matches: true },
    { title: "unknown address", argument: "", input: "127.0.0.1", matches: false },
    { title: "not an address", argument: "", input: "www.example.com", matches: false },
  ],
  compile(_argument, context) {
    const { geoDatabase } = context.host;
    if (geoDatabase === undefined) {
      const hint = "name a database with SecGeoLookupDb, on a host that can open one";
      throw new OperatorArgumentError("there is no GeoIP database", { hint });
    }
    return { match: (value, tx) => fillGeo(geoDatabase, value, tx) };
  },
};

const fields = [
  "COUNTRY_CODE",
  "COUNTRY_CODE3",
  "COUNTRY_NAME",
  "COUNTRY_CONTINENT",
  "REGION",
  "CITY",
  "POSTAL_CODE",
  "LATITUDE",
  "LONGITUDE",
  "DMA_CODE",
  "AREA_CODE",
];

function fillGeo(database: GeoDatabase, value: ByteString, tx: TransactionState): boolean {
  const { geo } = tx.variables;
  // What an earlier look-up found must not pass for this address.
  if (geo.size > 0) geo.clear();
  if (parseIp(value) === undefined) return false;
  const record = lookUp(database, value, tx);
  if (record === undefined) return false;
  for (const field of fields) {
    const text = record[field];
    if (text !== undefined) geo.add(field, encodeUtf8(text));
  }
  return true;
}

function lookUp(database: GeoDatabase, address: ByteString, tx: TransactionState): GeoRecord | undefined {
  try {
    return database.lookup(address);
  } catch (error) {
    tx.fault("port", `@geoLookup: ${String(error)}`);
    return undefined;
  }
}
