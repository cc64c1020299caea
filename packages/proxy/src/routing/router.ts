import type { RequestHead } from "../request-head.ts";
import { pathReadings } from "./path-readings.ts";

/** Which requests a route takes. Without hosts and path it takes all. */
export interface RouteMatch {
  /** `example.com`, or `*.example.com` for all names below it. */
  readonly hosts: readonly string[];
  /** Paths that are equal to it or go on behind it with a slash; one that ends in a slash takes all below it. */
  readonly path: string;
}

/** The route of a request, or why it has none. */
export type Routing<T> = { readonly route: T } | { readonly status: 400 | 404; readonly reason: string };

/** Chooses the first route that takes a request. */
export class Router<T extends RouteMatch> {
  readonly #routes: readonly T[];

  constructor(routes: readonly T[]) {
    this.#routes = routes;
  }

  /**
   * A target that belongs to one route when read in one way and to another when read in another is refused: rules and
   * application would not be those that belong together.
   */
  choose(head: RequestHead): Routing<T> {
    const host = hostOf(head);
    const candidates = this.#routes.filter(
      ({ hosts }) => hosts.length === 0 || hosts.some((name) => isHost(name, host)),
    );
    const first = candidates[0];
    if (first !== undefined && first.path === "") return { route: first };
    const chosen = new Set(
      pathReadings(head.target).map((path) => candidates.find((route) => isBelow(route.path, path))),
    );
    if (chosen.size > 1) return { status: 400, reason: "the path can be read as belonging to two routes" };
    const [route] = chosen;
    return route === undefined ? { status: 404, reason: "no route takes this host and path" } : { route };
  }
}

function isBelow(prefix: string, path: string): boolean {
  if (prefix === "" || path === prefix) return true;
  return path.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`);
}

function isHost(name: string, host: string): boolean {
  return name.startsWith("*.") ? host.endsWith(name.slice(1)) : host === name;
}

/** The host asked for: lower-case, without port and without the dot of a full name. */
function hostOf(head: RequestHead): string {
  const value = head.headers.find(([name]) => name.toLowerCase() === "host")?.[1] ?? "";
  return value.toLowerCase().replace(/:\d*$/, "").replace(/\.$/, "");
}
