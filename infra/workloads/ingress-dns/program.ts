import * as aws from '@pulumi/aws'
import type * as pulumi from '@pulumi/pulumi'
import type { Providers, WorkloadOutputs } from '../kind.ts'
import type { GreenRecordPlan, IngressDnsPlan, SwitchPointPlan } from './plan.ts'
import type { RecordPlan } from './records.ts'

/** Plan to resources: the records that were there before us, and green's beside them. Nothing of it is in a cluster. */
export function program(plan: IngressDnsPlan, providers: Providers): pulumi.Input<WorkloadOutputs> {
  const made = new Map(plan.switchPoints.map((one) => [one.name, switchPoint(plan, one, providers.aws)]))
  for (const green of plan.greenRecords) greenRecord(plan, green, made.get(green.after), providers.aws)
  const { outputs, targetGroups, testRoute } = plan
  return { ...outputs, targetGroups, testRoute }
}

/**
 * Never deleted, whatever leaves the program. While it is only adopted nothing of it may differ, because engines import and then
 * update on a mismatch; later whatever Route 53 may route by besides weights is ignored.
 */
function switchPoint(
  plan: IngressDnsPlan,
  { name, importId, adoptedOnly, record }: SwitchPointPlan,
  provider: pulumi.ProviderResource,
): aws.route53.Record {
  return new aws.route53.Record(name, argsOf(plan, record, adoptedOnly), {
    provider,
    protect: plan.keep === 'protected',
    retainOnDelete: true,
    ignoreChanges: adoptedOnly ? [...owned, ...rest] : rest,
    ...(adoptedOnly && importId !== null ? { import: importId } : {}),
  })
}

/**
 * After the record that it is weighed against. From `soaking` on no program can delete it from AWS; it is not protected beside
 * that, because a preview of the stages that end with blue's record alone would be refused.
 */
function greenRecord(
  plan: IngressDnsPlan,
  { name, record, leaves }: GreenRecordPlan,
  after: pulumi.Resource | undefined,
  provider: pulumi.ProviderResource,
): void {
  new aws.route53.Record(name, argsOf(plan, record, false), {
    provider,
    retainOnDelete: plan.keep !== 'nothing' && !leaves,
    ignoreChanges: rest,
    ...(after ? { dependsOn: after } : {}),
  })
}

/** `allowOverwrite`: what a dead run has made and not recorded is taken over, because both are told by their identifier. */
function argsOf(plan: IngressDnsPlan, { type, weighted, points }: RecordPlan, asItIs: boolean): aws.route53.RecordArgs {
  return {
    zoneId: plan.zone,
    name: plan.record,
    type,
    ...('alias' in points ? { aliases: [{ ...points.alias }] } : { records: [points.value], ttl: points.ttl }),
    ...(weighted ? { setIdentifier: weighted.identifier, weightedRoutingPolicies: [{ weight: weighted.weight }] } : {}),
    ...(asItIs ? {} : { allowOverwrite: true }),
  }
}

const owned = [
  'name',
  'type',
  'zoneId',
  'aliases',
  'records',
  'ttl',
  'setIdentifier',
  'weightedRoutingPolicies',
  'allowOverwrite',
]

const rest = [
  'healthCheckId',
  'cidrRoutingPolicy',
  'failoverRoutingPolicies',
  'geolocationRoutingPolicies',
  'geoproximityRoutingPolicy',
  'latencyRoutingPolicies',
  'multivalueAnswerRoutingPolicy',
]
