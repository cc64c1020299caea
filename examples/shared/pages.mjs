/** Pages of the example application. */
export const home = `<!doctype html><title>Example</title><h1>Hello</h1>${"<p>Nothing to see here.</p>".repeat(40)}`;

/** What a broken database query prints; it tells an attacker that an injection works. */
export const leak =
  "<p>You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version</p>";
