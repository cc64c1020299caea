// Checks of what is deployed beside the image: they are read, and compared with each other and with the agent's options.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasProgram } from "../e2e/programs.mjs";

export async function checkManifests({ run, notRun }) {
  // After the dependencies are installed.
  const { parse, parseAllDocuments } = await import("yaml");
  await run("HAProxy takes the sidecar's configuration", () => {
    const { status, stderr } = spawnSync("haproxy", ["-c", "-f", "haproxy.cfg"], {
      cwd: "deploy/sidecar",
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stderr);
  });
  await run("the compose file: one unprivileged sidecar on a read-only root", () => {
    const { services } = parse(readFileSync("deploy/sidecar/compose.yaml", "utf8"));
    const { cuirass } = services;
    if (!cuirass.read_only || cuirass.user !== "65532:65532" || cuirass.ports !== undefined)
      throw new Error("the sidecar is not as confined as it says");
  });
  for (const file of readdirSync("deploy/kubernetes")) {
    await run(`deploy/kubernetes/${file}: ports, probes and volumes fit together`, () => {
      const documents = parseAllDocuments(readFileSync(join("deploy/kubernetes", file), "utf8"));
      for (const { errors } of documents) if (errors.length > 0) throw new Error(errors[0].message);
      const kinds = documents.map((document) => checkKind(document.toJS(), documents));
      return kinds.join(", ");
    });
  }
  const work = mkdtempSync(join(tmpdir(), "cuirass-manifests-"));
  if (hasProgram("systemd-analyze")) {
    await run("systemd takes the unit", () => {
      // The program is not installed here: one that is stands for it.
      const text = readFileSync("deploy/systemd/cuirass-spoa.service", "utf8").replace(
        /^ExecStart=\S+.*$/m,
        "ExecStart=/bin/true",
      );
      writeFileSync(join(work, "cuirass-spoa.service"), text);
      const { stderr } = spawnSync("systemd-analyze", ["verify", join(work, "cuirass-spoa.service")], {
        encoding: "utf8",
      });
      const own = stderr.split("\n").filter((line) => line.includes("cuirass-spoa.service"));
      if (own.length > 0) throw new Error(own.join("\n"));
    });
  } else notRun("systemd-analyze verify: not installed");
  if (hasProgram("logrotate")) {
    await run("logrotate takes its file", () => {
      const text = readFileSync("deploy/systemd/cuirass-spoa.logrotate", "utf8").replace(/^\s*su .*$/m, "");
      writeFileSync(join(work, "rotate"), text, { mode: 0o644 });
      const { stderr } = spawnSync("logrotate", ["-d", join(work, "rotate")], { encoding: "utf8" });
      if (/^error/m.test(stderr)) throw new Error(stderr);
    });
  } else notRun("logrotate -d: not installed");
  rmSync(work, { recursive: true, force: true });
}

function checkKind(resource, documents) {
  const { kind, metadata, spec } = resource;
  if (typeof resource.apiVersion !== "string" || typeof metadata?.name !== "string")
    throw new Error("no apiVersion or name");
  if (kind === "Deployment") {
    const pod = spec.template;
    for (const [key, value] of Object.entries(spec.selector.matchLabels))
      if (pod.metadata.labels[key] !== value) throw new Error(`label ${key} of the pods is not the selector's`);
    const volumes = new Set(pod.spec.volumes.map(({ name }) => name));
    for (const container of pod.spec.containers) {
      const ports = new Set(container.ports.map(({ name }) => name));
      for (const mount of container.volumeMounts)
        if (!volumes.has(mount.name)) throw new Error(`no volume ${mount.name}`);
      for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe])
        if (probe !== undefined && !ports.has(probe.httpGet.port)) throw new Error(`no port ${probe.httpGet.port}`);
      const { securityContext: security } = container;
      if (!security.readOnlyRootFilesystem || security.allowPrivilegeEscalation || security.runAsUser === 0)
        throw new Error(`${container.name} is not confined`);
    }
  }
  if (kind === "Service") {
    const pods = documents.map((document) => document.toJS()).find((each) => each.kind === "Deployment").spec.template;
    const ports = new Set(pods.spec.containers.flatMap((container) => container.ports.map(({ name }) => name)));
    for (const { targetPort } of spec.ports) if (!ports.has(targetPort)) throw new Error(`no port ${targetPort}`);
  }
  return kind;
}
