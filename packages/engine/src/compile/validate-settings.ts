import type { AuditSink } from "../host.ts";
import type { Report } from "./report.ts";
import type { WafSettings } from "../settings.ts";

/** Conditions that several directives must meet together (spec: seclang, 2, end). */
export function validateSettings(settings: WafSettings, auditSink: AuditSink | undefined, report: Report): void {
  const fail = (message: string, hint: string): void => report.error("WAF_CONFIG_SETTINGS", message, undefined, hint);
  const { requestBodyInMemoryLimit, requestBodyLimit } = settings;
  if (requestBodyInMemoryLimit !== undefined && requestBodyInMemoryLimit > requestBodyLimit) {
    fail(
      `SecRequestBodyInMemoryLimit (${requestBodyInMemoryLimit}) is above SecRequestBodyLimit (${requestBodyLimit})`,
      "lower the first or raise the second",
    );
  }
  if (settings.uploadKeepFiles !== "Off" && settings.uploadDirectory === "") {
    fail(
      `SecUploadKeepFiles ${settings.uploadKeepFiles} needs SecUploadDir`,
      "name a directory that can be written to",
    );
  }
  if (settings.auditLogType === "concurrent" && settings.auditLog !== "" && settings.auditLogStorageDirectory === "") {
    fail("SecAuditLogType Concurrent needs SecAuditLogStorageDir", "name the directory for audit files");
  }
  const { auditLog: target, auditLogType: writer } = settings;
  const wrong = target === "" && writer !== "syslog" ? undefined : auditSink?.check?.({ writer, target });
  if (wrong !== undefined) fail(wrong, `SecAuditLogType is ${writer}`);
  if (settings.ruleEngine === "DetectionOnly") {
    settings.requestBodyLimitAction = "ProcessPartial";
    settings.responseBodyLimitAction = "ProcessPartial";
  }
}
