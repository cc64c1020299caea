import type { Interruption } from "@cuirass/engine";
import type { OwnResponse } from "@cuirass/node";
import { blockedResponse, ownResponse } from "@cuirass/node";
import type { ProcessingResponse } from "./protocol.ts";

/** gRPC's PERMISSION_DENIED. */
const PERMISSION_DENIED = 7;

/** The answer of an interruption. Envoy cannot close a connection for us: `drop` is a bare 403 that asks the client to. */
export function blockAnswer(
  interruption: Interruption,
  id: string,
  accept: string,
  isGrpc: boolean,
): ProcessingResponse {
  const details = `cuirass_${interruption.action}_${interruption.ruleId}`;
  if (interruption.action === "drop")
    return immediate({ status: 403, headers: [["connection", "close"]], body: "" }, details, false);
  return immediate(blockedResponse(interruption, id, accept), details, isGrpc);
}

/** An answer of the service itself. */
export function ownAnswer(status: number, id: string, accept: string, message: string): ProcessingResponse {
  return immediate(ownResponse(status, id, accept, message), `cuirass_${status}`, false);
}

/** `details` shows up as RESPONSE_CODE_DETAILS in Envoy's access log. */
function immediate({ status, headers, body }: OwnResponse, details: string, isGrpc: boolean): ProcessingResponse {
  return {
    immediateResponse: {
      status: { code: status },
      headers: {
        setHeaders: headers.map(([name, value]) => ({
          header: { key: name.toLowerCase(), rawValue: Buffer.from(value, "latin1") },
          appendAction: "OVERWRITE_IF_EXISTS_OR_ADD",
        })),
      },
      body: Buffer.from(body, "utf8"),
      ...(isGrpc ? { grpcStatus: { status: PERMISSION_DENIED } } : {}),
      details,
    },
  };
}
