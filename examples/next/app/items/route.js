export async function POST(request) {
  return Response.json({ read: await request.text() });
}
