// Links between the pages of the repository.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

/** Links of all Markdown pages to files that do not exist, one line each. */
export function brokenLinks(root) {
  const pages = [root, join(root, "docs")].flatMap((folder) =>
    readdirSync(folder, { recursive: folder !== root, encoding: "utf8" })
      .filter((name) => name.endsWith(".md"))
      .map((name) => join(folder, name)),
  );
  return pages.flatMap((page) => {
    const text = readFileSync(page, "utf8").replaceAll(/^```[^]*?^```/gm, "");
    return [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
      .map(([, target]) => target)
      .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(dirname(page), target)))
      .map((target) => `${page.slice(root.length + 1)} links to ${target}, which does not exist`);
  });
}
