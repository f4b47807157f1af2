import * as aws from '@pulumi/aws'
import * as kubernetes from '@pulumi/kubernetes'
import * as pulumi from '@pulumi/pulumi'
import { awsTokenCommand, type TokenCommand } from './cluster/kubeconfig.ts'
import { plan as clusterPlan } from './cluster/plan.ts'
import type { ClusterSite, ClusterStage } from './cluster/stage.ts'
import { clusterIdentifier, clusterLogical, logical } from './names.ts'
import { kindOf, type KindName } from './workloads/kinds.ts'
import type { Providers, Site, Stage, WorkloadOutputs } from './workloads/kind.ts'

/** Everything that a workload's stack config says; what the service writes is what a person can run. */
export interface WorkloadStackConfig {
  readonly program: 'workload'
  readonly kind: KindName
  readonly site: Site
  readonly stage: Stage
  /** Options of the Pulumi AWS provider, under its own names. */
  readonly aws: Readonly<Record<string, unknown>>
  /** Of the stage before, while everything is left out: what the switch then forwards to stays to be read. */
  readonly outputs?: WorkloadOutputs
  /** Green's API is gone for good: drop from state what it can no longer confirm as deleted. */
  readonly deleteUnreachable?: boolean
}

/** The same of green's cluster. Nothing in it is secret. */
export interface ClusterStackConfig {
  readonly program: 'cluster'
  readonly site: ClusterSite
  readonly stage: ClusterStage
  readonly aws: Readonly<Record<string, unknown>>
  /** How the Kubernetes plugin gets a token. Without it: by the AWS CLI. */
  readonly token?: TokenCommand
}

/** Who runs the program. By hand a workload's stack may be previewed, but an `up` would move traffic past the gates. */
export type RunBy = 'service' | 'hand'

type Outputs = Record<string, unknown> | Promise<Record<string, unknown>>

type Program = (config: pulumi.Config, by: RunBy) => Outputs

const programs: Readonly<Record<string, Program>> = { cluster, workload }

/** Runs the program that the stack's config names; its answer is the stack's outputs. */
export function runProgram(by: RunBy): Outputs {
  const config = new pulumi.Config()
  const name = config.require('program')
  const program = programs[name]
  if (!program) throw new Error(`config eks-cutover:program is ${name}; known are ${Object.keys(programs).join(', ')}`)
  return program(config, by)
}

/** Loaded when it is asked for: no workload needs the packages that it is made of. */
async function cluster(config: pulumi.Config): Promise<Record<string, unknown>> {
  const { program } = await import('./cluster/program.ts')
  const site = config.requireObject<ClusterSite>('site')
  const {
    config: { cluster: name },
    region,
    migration,
  } = site
  return {
    ...program(clusterPlan(site, config.requireObject<ClusterStage>('stage')), {
      aws: new aws.Provider(clusterLogical.aws, config.requireObject<aws.ProviderArgs>('aws')),
      token: config.getObject<TokenCommand>('token') ?? awsTokenCommand(name, region),
      migration,
    }),
  }
}

function workload(config: pulumi.Config, by: RunBy): Record<string, unknown> {
  const site = config.requireObject<Site>('site')
  if (by === 'hand' && !pulumi.runtime.isDryRun() && !config.getBoolean('byHand')) {
    throw new Error(
      `an up of ${site.workload} by hand would move its traffic past the gates. Advance it through the service, or, ` +
        'if you mean it, set eks-cutover:byHand to true in the stack config.',
    )
  }
  const kind = kindOf(config.require<KindName>('kind'))
  const stage = config.requireObject<Stage>('stage')
  const plan = kind.plan(site, stage)
  const made = kind.program(plan, providersOf(config, site), { testRoute: config.requireSecret('testRoute') })
  const before = config.getObject<WorkloadOutputs>('outputs')
  return { cutover: before ? { ...before, stage: stage.name, split: stage.split } : made }
}

function providersOf(config: pulumi.Config, site: Site): Providers {
  return {
    aws: new aws.Provider(logical.aws, config.requireObject<aws.ProviderArgs>('aws')),
    kubernetes: () =>
      new kubernetes.Provider(logical.kubernetes, {
        kubeconfig: site.green.kubeconfig,
        clusterIdentifier: clusterIdentifier(site.migration, 'green'),
        deleteUnreachable: config.getBoolean('deleteUnreachable') ?? false,
      }),
  }
}
