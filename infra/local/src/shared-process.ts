/** Read by target.ts: the environment of each service in a shared process, as JSON by instance. */
export const SHARED_PROCESS_VARIABLE = 'SERVICE_ENVIRONMENTS';
