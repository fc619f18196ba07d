/**
 * `standby`: another instance applies. `refused`: the stream is not the one the tables were filled from.
 * `retrying`: Postgres or NATS is away.
 */
export type ProjectionState = 'starting' | 'standby' | 'active' | 'retrying' | 'refused' | 'stopped';

export interface ProjectionStatus {
  readonly projection: string;
  readonly state: ProjectionState;
  readonly healthy: boolean;
  /** As far as this instance knows; a standby does not. */
  readonly position: number | undefined;
  readonly appliedCount: number;
  readonly batchCount: number;
  readonly parkedCount: number;
  readonly error: string | undefined;
}
