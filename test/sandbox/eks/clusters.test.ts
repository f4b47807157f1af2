import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accessKeyOf } from '../../../sandbox/eks/tokens.ts'
import { hasKubectl, eventually } from '../kubernetes/fixture.ts'
import { hasAwsCli } from '../wire/fixture.ts'
import { startAccount, type Account } from './fixture.ts'

/** Clusters that EKS creates, seen by the AWS CLI and kubectl alone. Each test goes on where the one before it ended. */
describe.skipIf(!hasAwsCli || !hasKubectl)('a cluster that EKS created', { timeout: 60_000 }, () => {
  let it: Account
  beforeAll(async () => {
    it = await startAccount()
  })
  afterAll(() => it.stop())

  const named = (name = 'green') => ['--cluster-name', name]
  const create = async (name: string, version: string, mode = 'API', bootstrap = true) => {
    const network = `subnetIds=${it.vpc.subnetIds.join(',')}`
    const access = `authenticationMode=${mode},bootstrapClusterCreatorAdminPermissions=${bootstrap}`
    await it.cli([
      ...['eks', 'create-cluster', '--name', name, '--kubernetes-version', version, '--role-arn', it.roleArn],
      ...['--resources-vpc-config', network, '--access-config', access],
    ])
    return eventually(async () => {
      const { cluster } = await it.cli(['eks', 'describe-cluster', '--name', name])
      return cluster.status === 'ACTIVE' && cluster
    })
  }

  test('has an API server of its version at its endpoint, with its authority and its issuer', async () => {
    const cluster = await create('green', '1.24')
    expect(cluster).toMatchObject({
      endpoint: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
      identity: { oidc: { issuer: expect.stringMatching(/^https:\/\/oidc\.eks\.eu-central-1\.amazonaws\.com\/id\//) } },
    })
    expect(Buffer.from(cluster.certificateAuthority.data, 'base64').toString()).toContain('BEGIN CERTIFICATE')
    expect(it.changes).toEqual(['green'])
    expect(await it.kubectl('green', ['version'])).toMatch(/Server Version: v1\.24\.17/)
    expect(await it.kubectl('green', ['get', 'namespaces'])).toContain('kube-system')
  })

  test('has the machines of its node groups as nodes', async () => {
    await it.cli([
      ...['eks', 'create-nodegroup', ...named(), '--nodegroup-name', 'general', '--node-role', it.roleArn],
      ...['--subnets', ...it.vpc.subnetIds, '--labels', 'tier=web', '--instance-types', 'm6i.large'],
      ...['--scaling-config', 'minSize=2,maxSize=3,desiredSize=2'],
    ])
    const lines = await eventually(async () => {
      const nodes = await it.kubectl('green', ['get', 'nodes', '--no-headers', '-l', 'tier=web'])
      return nodes.trim().split('\n').length === 2 && nodes.trim().split('\n')
    })
    expect(lines[0]).toMatch(/^ip-10-0-\d+-\d+\.eu-central-1\.compute\.internal +Ready .*v1\.24\.17-eks/)
    const { Reservations } = await it.cli([
      ...['ec2', 'describe-instances', '--filters', 'Name=tag:eks:nodegroup-name,Values=general'],
    ])
    expect(Reservations).toHaveLength(2)
    const shown = await it.kubectl('green', ['get', 'nodes', '-L', 'eks.amazonaws.com/nodegroup', '--no-headers'])
    expect(shown).toContain('general')
    const names = await it.asPeopleDo('green', ['get', 'nodes', '-o', 'name'])
    expect(names.trim().split('\n')).toHaveLength(2)
  })

  test('takes no token of another cluster, none that was tampered with, and none that is too old', async () => {
    const refused = 'You must be logged in to the server'
    await expect(it.kubectl('green', ['get', 'nodes'], { tokenFor: 'blue' })).rejects.toThrow(refused)
    await expect(it.kubectl('green', ['get', 'nodes'], { token: 'k8s-aws-v1.nonsense' })).rejects.toThrow(refused)
    const unknownKey = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' }
    await expect(it.kubectl('green', ['get', 'nodes'], { env: unknownKey })).rejects.toThrow(refused)
    const { token } = (await it.cli(['eks', 'get-token', ...named()])).status
    const rules = {
      cluster: 'green',
      sts: [it.access.endpoint],
      secretOf: () => it.access.secretAccessKey,
      now: new Date(),
    }
    expect(accessKeyOf(token, rules)).toBe(it.access.accessKeyId)
    const minutesLater = (minutes: number) => new Date(Date.now() + minutes * 60_000)
    expect(accessKeyOf(token, { ...rules, now: minutesLater(14) })).toBe(it.access.accessKeyId)
    expect(accessKeyOf(token, { ...rules, now: minutesLater(16) })).toBeUndefined()
    expect(accessKeyOf(token, { ...rules, sts: ['https://sts.amazonaws.com'] })).toBeUndefined()
    expect(accessKeyOf(`${token}=`, rules)).toBeUndefined()
    const url = Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString()
    const more = Buffer.from(`${url}&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD`).toString('base64url')
    expect(accessKeyOf(`k8s-aws-v1.${more}`, rules)).toBeUndefined()
  })

  test('lets a role in by its access entry, as far as its policies go', async () => {
    const trust = '{"Statement":[]}'
    const { Role } = await it.cli(['iam', 'create-role', '--role-name', 'team', '--assume-role-policy-document', trust])
    const session = ['sts', 'assume-role', '--role-arn', Role.Arn, '--role-session-name', 'eva']
    const { Credentials } = await it.cli(session)
    const env = {
      AWS_ACCESS_KEY_ID: Credentials.AccessKeyId,
      AWS_SECRET_ACCESS_KEY: Credentials.SecretAccessKey,
      AWS_SESSION_TOKEN: Credentials.SessionToken,
    }
    const get = (what: string) => it.kubectl('green', ['get', what], { env })
    await expect(get('pods')).rejects.toThrow('You must be logged in to the server')
    const principal = [...named(), '--principal-arn', Role.Arn]
    await it.cli(['eks', 'create-access-entry', ...principal])
    await expect(get('pods')).rejects.toThrow(
      'pods is forbidden: User "arn:aws:sts::123456789012:assumed-role/team/eva" cannot list resource "pods" ' +
        'in API group "" in the namespace "default"',
    )
    const policy = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy'
    const scope = ['--policy-arn', policy, '--access-scope', 'type=cluster']
    await it.cli(['eks', 'associate-access-policy', ...principal, ...scope])
    expect(await get('pods')).toBe('')
    await expect(get('nodes')).rejects.toThrow('cannot list resource "nodes" in API group "" at the cluster scope')
    await expect(it.kubectl('green', ['create', 'namespace', 'team'], { env })).rejects.toThrow('forbidden')
  })

  test('lets nobody in whom nobody let in', async () => {
    await create('shut', '1.23', 'API', false)
    await expect(it.kubectl('shut', ['get', 'nodes'])).rejects.toThrow('You must be logged in to the server')
    await create('old', '1.22', 'CONFIG_MAP')
    expect(await it.kubectl('old', ['get', 'namespaces'])).toContain('kube-system')
  })

  test('goes with its API server', async () => {
    const { url } = it.running.get('shut') ?? {}
    await it.cli(['eks', 'delete-cluster', '--name', 'shut'])
    await eventually(() => !it.running.get('shut'))
    await eventually(() =>
      fetch(`${url}/version`).then(
        () => false,
        (error: any) => error.cause.code === 'ECONNREFUSED',
      ),
    )
    expect(it.changes.at(-1)).toBe('shut')
  })

  test('is offered in the versions of the day', async () => {
    const { clusterVersions } = await it.cli(['eks', 'describe-cluster-versions'])
    expect(clusterVersions.map((one: any) => one.clusterVersion)).toEqual(['1.24', '1.23', '1.22', '1.21'])
    const network = `subnetIds=${it.vpc.subnetIds.join(',')}`
    const words = ['eks', 'create-cluster', '--name', 'new', '--kubernetes-version', '1.25', '--role-arn', it.roleArn]
    await expect(it.cli([...words, '--resources-vpc-config', network])).rejects.toThrow(
      'unsupported Kubernetes version',
    )
  })
})
