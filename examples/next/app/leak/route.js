export const dynamic = "force-dynamic";
export function GET() {
  return new Response("<p>You have an error in your SQL syntax; check the manual</p>", {
    headers: { "content-type": "text/html" },
  });
}
