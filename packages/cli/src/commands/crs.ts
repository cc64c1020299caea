import { Command } from "commander";
import { crsManifest, installCrs, locateRuleSet } from "@cuirass/node";

/** `cuirass crs`: installs and names rule sets. */
export function crsCommand(): Command {
  const crs = new Command("crs").description("Install the OWASP Core Rule Set, or say which one is in use.");
  crs
    .command("install")
    .description("Fetch a CRS release, verify its content, and put it into the user's cache.")
    .option("--version <version>", "release", "4.28.0")
    .option("--from <source>", "folder, .tar.gz archive or URL; the project's release page by default")
    .option("--manifest <sha256>", "expected content manifest, for releases that are not built in")
    .option("--trust", "install without a manifest to compare with")
    .action(async (options: { version: string; from?: string; manifest?: string; trust?: boolean }) => {
      const { directory, manifest, verified } = await installCrs({
        ...options,
        onProgress: (step) => process.stderr.write(`${step}\n`),
      });
      const note = verified ? "content verified" : "content NOT verified";
      process.stdout.write(`CRS ${options.version} installed in ${directory} (${note}, manifest ${manifest})\n`);
    });
  crs
    .command("which")
    .description("Print the rule set that would be used here.")
    .action(() => {
      const { title, foundBy, path } = locateRuleSet();
      process.stdout.write(`${title} (${foundBy}): ${path}\n`);
    });
  crs
    .command("manifest")
    .description("Print the content manifest of a CRS folder.")
    .argument("<directory>")
    .action((directory: string) => void process.stdout.write(`${crsManifest(directory)}\n`));
  return crs;
}
