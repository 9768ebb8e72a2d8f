/**
 * Names by which everything can be told apart wherever it shows up: `T` a question, `C` a remark, `M` a message that
 * an agent asks for, `F` a file, `S` a task, `U` a change of a task, `X` its end.
 */
export type TokenKind = 'T' | 'C' | 'M' | 'F' | 'S' | 'U' | 'X';

export interface TokenMint {
  next(kind: TokenKind): string;
}

export function createTokenMint(): TokenMint {
  let count = 0;
  return {
    next(kind) {
      count += 1;
      return `${kind}${count}`;
    },
  };
}

/** All tokens of a kind in a text, each once. */
export function findTokens(text: string, kind: TokenKind): string[] {
  return [...new Set(text.match(new RegExp(`\\b${kind}\\d+\\b`, 'g')) ?? [])];
}
