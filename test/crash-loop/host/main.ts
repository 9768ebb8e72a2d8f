import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { mutateSources } from '../../mutation/mutate-sources.ts';
import { MUTATIONS } from '../mutations.ts';
import { hostSettingsSchema, orderSchema, type Report } from './host-messages.ts';

/** The program of one host that is to be killed. It ends with the loop that started it. */
const settings = hostSettingsSchema.parse(JSON.parse(process.argv[2] ?? ''));
const { mutation, projectRoot, compileCache } = settings;
if (mutation !== undefined) mutateSources(join(projectRoot, 'src'), MUTATIONS[mutation]);
enableCompileCache(compileCache);
const { serve } = await import('./serve.ts');
flushCompileCache();

const stop = new AbortController();
const report = (told: Report) => void process.send?.(told);

// The loop is gone, and nobody would end this host.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', (message) => {
  const order = orderSchema.parse(message);
  if (order.type === 'stop') return stop.abort();
  void serve(settings, order, report, stop.signal).finally(() => {
    process.removeAllListeners('disconnect');
    process.disconnect();
  });
});
report({ type: 'loaded' });
