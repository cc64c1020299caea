import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";

const MIN_LENGTH = 16;

/** Tells whether a request carries the token, in the same time whatever it carries. Without a token none does. */
export function tokenCheck(token: string | undefined): (request: IncomingMessage) => boolean {
  if (token === undefined) return () => false;
  const expected = digest(token);
  return (request) => {
    const given = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
    return given !== undefined && timingSafeEqual(digest(given), expected);
  };
}

/**
 * The admin token: the content of a file, or `CUIRASS_ADMIN_TOKEN`; undefined when neither is given.
 * @throws Error when it cannot be read or could be guessed.
 */
export function readAdminToken(
  file: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const token = file === undefined ? environment["CUIRASS_ADMIN_TOKEN"] : readFileSync(file, "utf8").trim();
  if (token === undefined) return undefined;
  const from = file ?? "CUIRASS_ADMIN_TOKEN";
  if (token.length < MIN_LENGTH) throw new Error(`the admin token of ${from} is shorter than ${MIN_LENGTH} characters`);
  if (/\s/.test(token)) throw new Error(`the admin token of ${from} holds white space`);
  return token;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
