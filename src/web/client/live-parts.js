/**
 * Takes the parts of the page that show live data from a fresh copy of it. What a person has typed, opened or
 * focused elsewhere is left alone.
 * @param {Document} fresh
 * @param {ReadonlySet<string>} topics
 */
export function replaceLiveParts(fresh, topics) {
  for (const old of document.querySelectorAll('[data-live]')) {
    const names = old.getAttribute('data-live')?.split(' ') ?? [];
    const next = old.id === '' ? null : fresh.getElementById(old.id);
    const isSame = next === null || next.innerHTML === old.innerHTML;
    // A region that is read aloud must not change without need.
    if (isSame || !names.some((name) => topics.has(name))) continue;
    const focused = old.contains(document.activeElement) ? document.activeElement?.id : undefined;
    old.replaceChildren(...next.childNodes);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }
}
