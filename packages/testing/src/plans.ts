import {
  ExplainNode,
  type Kysely,
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  RawNode,
  type RootOperationNode,
  SelectQueryNode,
} from 'kysely';

/** One step of a plan as Postgres tells it; the steps below it are its `Plans`. */
interface PlanStep {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanStep[];
}

class Planned extends Error {}

/** Has the database plan each query instead of carrying it out, and ends what asked for it there. */
class ExplainPlugin implements KyselyPlugin {
  readonly plans: PlanStep[] = [];

  transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    if (RawNode.is(node)) return RawNode.create(['explain (format json) ', ''], [node]);
    if (SelectQueryNode.is(node)) return { ...node, explain: ExplainNode.create('json') };
    throw new Error(`${node.kind} is no query`);
  }

  async transformResult({ result }: PluginTransformResultArgs): Promise<never> {
    for (const row of result.rows) {
      const [{ Plan }] = row['QUERY PLAN'] as readonly [{ readonly Plan: PlanStep }];
      this.plans.push(Plan);
    }
    throw new Planned();
  }
}

/** The tables that a query would read from end to end, as they are filled and analyzed now. */
export async function tablesReadWhole<Db>(
  db: Kysely<Db>,
  ask: (db: Kysely<Db>) => Promise<unknown>,
): Promise<readonly string[]> {
  const plugin = new ExplainPlugin();
  await ask(db.withPlugin(plugin)).catch((error: unknown) => {
    if (!(error instanceof Planned)) throw error;
  });
  if (plugin.plans.length === 0) throw new Error('nothing was asked of the database');
  return plugin.plans.flatMap(scannedIn);
}

function scannedIn(step: PlanStep): readonly string[] {
  const own = step['Node Type'] === 'Seq Scan' ? [step['Relation Name'] ?? '?'] : [];
  return [...own, ...(step.Plans ?? []).flatMap(scannedIn)];
}
