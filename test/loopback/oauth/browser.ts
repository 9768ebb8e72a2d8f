/** What a person does in the browser: opens the page, decides, and is sent on. Returns where to. */
export async function decideInBrowser(
  authorizeUrl: string,
  decision: 'allow' | 'deny' = 'allow',
): Promise<URL> {
  const page = await fetch(authorizeUrl);
  const request = /name="request" value="([^"]+)"/.exec(await page.text())?.[1];
  if (request === undefined) throw new Error(`the page of status ${page.status} asks nothing`);
  const answer = await fetch(new URL('/oauth/consent', authorizeUrl), {
    method: 'POST',
    body: new URLSearchParams({ request, decision }),
    redirect: 'manual',
  });
  const location = answer.headers.get('location');
  if (location === null) throw new Error(`the decision was answered with ${answer.status}`);
  return new URL(location);
}
