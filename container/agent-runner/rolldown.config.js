/**
 * The image runs the agent runner as one bundle: a start then opens a few files instead of some hundred. What
 * is imported late stays in chunks of its own, so that one provider never waits for the other's SDK.
 */
export default {
  input: { main: 'src/main.ts' },
  platform: 'node',
  output: { dir: 'dist', format: 'esm', minify: true },
};
