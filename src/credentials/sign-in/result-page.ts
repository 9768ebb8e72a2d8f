/** What a person reads in the browser at the end of a sign-in. */
export interface ResultPage {
  readonly isSuccess: boolean;
  readonly title: string;
  readonly text: string;
}

const STYLE = `
:root { color-scheme: light dark; --mark: #1a7f4b; --back: #f6f7f8; --card: #fff; --text: #1c2024; --soft: #5b636b; --line: #e2e5e8 }
.failure { --mark: #c0362c }
@media (prefers-color-scheme: dark) {
  :root { --mark: #4cc38a; --back: #101214; --card: #191c1f; --text: #eceef0; --soft: #a0a8b0; --line: #2b3035 }
  .failure { --mark: #ff8b80 }
}
* { box-sizing: border-box }
html { height: 100% }
body { margin: 0; min-height: 100%; display: grid; place-items: center; padding: 1.5rem; background: var(--back);
  color: var(--text); font: 1.0625rem/1.55 system-ui, sans-serif }
main { width: 100%; max-width: 27rem; padding: 2.25rem 2rem 2rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 14px; text-align: center }
svg { width: 3.25rem; height: 3.25rem; color: var(--mark) }
h1 { margin: .9rem 0 .5rem; font-size: 1.375rem; line-height: 1.3 }
p { margin: 0; color: var(--soft); overflow-wrap: anywhere }
footer { margin-top: 1.75rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .875rem }
`;

const TICK = '<path d="M15 24.5l6.5 6.5L33.5 18"/>';
const CROSS = '<path d="M17 17l14 14M31 17L17 31"/>';

/** A whole page that loads nothing from elsewhere and runs no script. */
export function renderResultPage({ isSuccess, title, text }: ResultPage): string {
  return `<!doctype html>
<html lang="en" class="${isSuccess ? 'success' : 'failure'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – Deckhand</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<svg viewBox="0 0 48 48" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><circle cx="24" cy="24" r="21"/>${isSuccess ? TICK : CROSS}</svg>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
<footer>Deckhand</footer>
</main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
