export * from './answer-at.ts';
export * from './connect.ts';
export * from './migrate.ts';
export * from './insert-rows.ts';
export * from './projection-runner.ts';
export * from './projection-admin.ts';
export * from './hash-projection.ts';
export { applyBatch, type BatchTarget } from './apply-batch.ts';
export { openCheckpoint } from './checkpoint.ts';
