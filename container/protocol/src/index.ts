export * from './ipc.ts';
export * from './ipc-groups.ts';
export * from './ipc-tasks.ts';
export * from './ndjson.ts';
export * from './paths.ts';
export * from './run-request.ts';
export * from './runner-event.ts';
export * from './version.ts';
