/** What a person sees in the browser. `decision` is `allow` or `deny`. */
export function consentPage(requestId: string): string {
  return `<title>Sign in to Loopback</title><h1>Sign in with Loopback</h1>
<form method="post" action="/oauth/consent">
<input type="hidden" name="request" value="${escape(requestId)}">
<button name="decision" value="allow">Continue</button>
<button name="decision" value="deny">Cancel</button>
</form>`;
}

export function devicePage(): string {
  return `<title>Sign in on a device</title><h1>Enter the code</h1>
<form method="post" action="/codex/device">
<label>Code <input name="user_code" autocomplete="off"></label>
<button name="decision" value="allow">Continue</button>
<button name="decision" value="deny">Cancel</button>
</form>`;
}

export function messagePage(message: string): string {
  return `<title>Loopback</title><h1>${escape(message)}</h1>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
