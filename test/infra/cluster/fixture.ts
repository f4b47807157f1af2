import fc from 'fast-check'
import type { ClusterConfig } from '../../../infra/cluster/config.ts'
import type { ClusterSite, ClusterStage } from '../../../infra/cluster/stage.ts'

export const config: ClusterConfig = {
  cluster: 'shop-green',
  version: '1.33',
  network: { vpcId: 'vpc-0a1b', subnetIds: ['subnet-0a', 'subnet-0b'] },
  nodeGroups: [{ name: 'main', instanceTypes: ['m6i.large'], min: 2, max: 6, desired: 3 }],
}

export const groupArn = (name: string): string =>
  `arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/${name}/73e2d6bc24d8a067`

export const site: ClusterSite = {
  migration: 'prod-2026',
  region: 'eu-central-1',
  config,
  addons: { 'vpc-cni': 'v1.20.4-eksbuild.1', 'kube-proxy': 'v1.33.2-eksbuild.1', coredns: 'v1.12.1-eksbuild.2' },
  blueTargetGroups: [groupArn('search')],
}

export const built: ClusterStage = { name: 'built', roles: [], only: null }

const word = fc.stringMatching(/^[a-z]{1,10}$/)

/** A trust policy as somebody else may have written it: one statement or a list, with or without Sids. */
export const anyPolicy = fc
  .array(
    fc.record(
      {
        Sid: fc.option(word, { nil: undefined }),
        Effect: fc.constantFrom('Allow', 'Deny'),
        Principal: fc.record({ AWS: word }),
        Action: fc.constant('sts:AssumeRole'),
      },
      { requiredKeys: ['Effect', 'Principal', 'Action'] },
    ),
    { minLength: 1, maxLength: 5 },
  )
  .chain((statements) =>
    fc.boolean().map((bare) =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: bare && statements.length === 1 ? statements[0] : statements,
      }),
    ),
  )

export const anyAccounts = fc.uniqueArray(
  fc.tuple(word, fc.oneof(word, fc.constant('*'))).map(([namespace, name]) => `${namespace}/${name}`),
  { minLength: 1, maxLength: 4 },
)
