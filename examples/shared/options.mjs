/** What every example here tells the WAF; in an application it stands where it is used. */
export const options = {
  rules: process.env.WAF_RULES,
  mode: process.env.WAF_MODE ?? "block",
  workers: Number(process.env.WAF_WORKERS ?? 0),
  requestBodyLimit: 1_000_000,
  routes: [{ path: "/upload", overLimit: "partial" }],
  skip: ["/health"],
};

export const port = Number(process.env.PORT ?? 3000);

/** Says where the application listens, and ends it on SIGTERM. */
export function announce(server) {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
  process.once("SIGTERM", () => {
    server.close();
    server.closeAllConnections?.();
    setTimeout(() => process.exit(0), 200).unref();
  });
}
