/** One word for any of the three shells; descriptions of ours hold no line breaks. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** fish has backslashes within single quotes. */
export function quoteFish(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** What a script calls for the folders of groups: the Node and the file, which prints one a line. */
export interface FolderLister {
  readonly node: string;
  readonly script: string;
}
