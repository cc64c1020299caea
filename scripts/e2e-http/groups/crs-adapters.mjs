/** CRS regression tests through Express and Fastify, with at most 30 expected failures each. */
export async function run(group) {
  for (const suite of ["crs-express", "crs-fastify"]) group.crsSuite(suite);
}
