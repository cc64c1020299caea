import type { Unsupported } from "../registry.ts";

/** Operators of ModSecurity that are refused by name, because nothing here could answer them. */
export const unsupportedOperators: readonly Unsupported[] = [
  {
    name: "fuzzyHash",
    reason: "there is no ssdeep hashing",
    hint: "compare exact hashes with @streq and t:sha1, or register an operator of this name",
  },
  {
    name: "gsbLookup",
    reason: "the Google Safe Browsing database it reads has been withdrawn",
    hint: "check addresses with @rbl or @pmFromFile",
  },
  {
    name: "rsub",
    reason: "bodies are inspected, not rewritten",
    hint: "rewrite responses in the server or proxy",
  },
  {
    name: "validateDTD",
    reason: "DTDs are never read, because entities in them are an attack of their own",
    hint: "accept JSON and use @validateSchema, or validate XML in the application",
  },
  {
    name: "validateHash",
    reason: "there is no hash engine that signs links and forms",
    hint: "use the application's own request tokens",
  },
];
