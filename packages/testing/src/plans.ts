import {
  CompiledQuery,
  createQueryId,
  type Kysely,
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  PostgresQueryCompiler,
  type RootOperationNode,
} from 'kysely';

/** One step of a plan as Postgres tells it; the steps below it are its `Plans`. */
interface PlanStep {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanStep[];
}

class Caught extends Error {}

/** Keeps what the database is asked instead of having it carried out, and ends what asked for it there. */
class QueryCatcher implements KyselyPlugin {
  readonly queries: CompiledQuery[] = [];

  transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    this.queries.push(new PostgresQueryCompiler().compileQuery(node, createQueryId()));
    throw new Caught();
  }

  async transformResult({ result }: PluginTransformResultArgs) {
    return result;
  }
}

/**
 * The tables that a query would read from end to end, as they are filled and analyzed now: planned for what is asked
 * for, and planned once for whatever may be asked for, which a connection keeps for a statement that is repeated.
 */
export async function tablesReadWhole<Db>(
  db: Kysely<Db>,
  ask: (db: Kysely<Db>) => Promise<unknown>,
): Promise<readonly string[]> {
  const catcher = new QueryCatcher();
  await ask(db.withPlugin(catcher)).catch((error: unknown) => {
    if (!(error instanceof Caught)) throw error;
  });
  if (catcher.queries.length === 0) throw new Error('nothing was asked of the database');
  const found: string[] = [];
  for (const { sql, parameters } of catcher.queries) {
    for (const explain of [
      CompiledQuery.raw(`explain (format json) ${sql}`, [...parameters]),
      CompiledQuery.raw(`explain (generic_plan, format json) ${sql}`),
    ]) {
      const { rows } = await db.executeQuery<PlanRow>(explain);
      found.push(...rows.flatMap((row) => scannedIn(row['QUERY PLAN'][0].Plan)));
    }
  }
  return [...new Set(found)];
}

interface PlanRow {
  readonly 'QUERY PLAN': readonly [{ readonly Plan: PlanStep }];
}

function scannedIn(step: PlanStep): readonly string[] {
  const own = step['Node Type'] === 'Seq Scan' ? [step['Relation Name'] ?? '?'] : [];
  return [...own, ...(step.Plans ?? []).flatMap(scannedIn)];
}
