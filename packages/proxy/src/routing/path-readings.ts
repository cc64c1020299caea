/**
 * The ways in which servers read the path of a target: as it is; decoded, with dot segments and empty segments resolved; the
 * same without path parameters (`/a;x/b` as `/a/b`) and with backslashes as slashes. Routing by one of them alone would let
 * `/static/..%2fapi` choose the rules for `/static` and reach `/api`.
 */
export function pathReadings(target: string): string[] {
  const path = pathOf(target);
  if (/^[\w/.~!$&'()*+,=:@-]*$/.test(path) && !/\/\.|\/\//.test(path)) return [path];
  const decoded = decode(path);
  const tolerant = decode(decoded).replaceAll("\\", "/");
  return [
    ...new Set([path, resolve(path), resolve(decoded), resolve(tolerant), resolve(tolerant.replace(/;[^/]*/g, ""))]),
  ];
}

function pathOf(target: string): string {
  const start = target.startsWith("/") ? 0 : target.indexOf("://");
  const rest =
    start <= 0
      ? target
      : target.slice(target.indexOf("/", start + 3) < 0 ? target.length : target.indexOf("/", start + 3));
  const end = rest.search(/[?#]/);
  const path = end < 0 ? rest : rest.slice(0, end);
  return path === "" ? "/" : path;
}

function decode(path: string): string {
  return path.replace(/%([0-9a-f]{2})/gi, (_whole, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/** Without `.`, `..` and empty segments. */
function resolve(path: string): string {
  const kept: string[] = [];
  const segments = path.split("/");
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  const last = segments.at(-1)!;
  const isFolder = last === "" || last === "." || last === "..";
  return `/${kept.join("/")}${isFolder && kept.length > 0 ? "/" : ""}`;
}
