import type { ImageFile } from '../../image-file.ts';

/** An item of the conversation as the API takes it. */
export type InputItem = { readonly type: string } & Readonly<Record<string, unknown>>;

export type ContentPart =
  | { readonly type: 'input_text'; readonly text: string }
  | { readonly type: 'input_image'; readonly image_url: string };

export const textPart = (text: string): ContentPart => ({ type: 'input_text', text });
export const imagePart = ({ mediaType, base64 }: ImageFile): ContentPart => ({
  type: 'input_image',
  image_url: `data:${mediaType};base64,${base64}`,
});

/** There is no role `system` on the ChatGPT backend. */
export function messageItem(
  role: 'user' | 'developer',
  content: readonly ContentPart[],
): InputItem {
  return { type: 'message', role, content };
}
