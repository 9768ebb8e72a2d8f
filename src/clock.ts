/** Time as the host sees it; tests bring their own. Unix milliseconds. */
export type Now = () => number;

export const systemNow: Now = () => Date.now();
