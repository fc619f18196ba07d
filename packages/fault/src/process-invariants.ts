import type { Rule } from './log-invariants.ts';

/** What must hold of the processes, whatever is done to them. */
export const processInvariants = {
  'nobody leaves a promise uncaught': ({ processes }) =>
    processes.flatMap(({ name, unhandled }) => unhandled.map((line) => `${name}: ${line}`)),

  'no process ends by itself': ({ processes }) =>
    processes
      .filter(({ killed, restarted }) => restarted > killed)
      .map(
        ({ name, killed, restarted }) => `${name} was killed ${killed} times and started again ${restarted}`,
      ),

  'every process is back in the end': ({ processes }) =>
    processes.filter(({ running }) => !running).map(({ name }) => `${name} is down`),
} satisfies Readonly<Record<string, Rule>>;
