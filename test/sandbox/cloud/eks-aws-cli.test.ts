import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awsCli, hasAwsCli } from '../wire/fixture.ts'
import { TestEks } from './eks-fixture.ts'

/** The model behind its wire, seen by a client that nobody here wrote. Each test goes on where the one before it ended. */
describe.skipIf(!hasAwsCli)('the AWS command-line client', { timeout: 60_000 }, () => {
  let setting: TestEks
  const run = (...words: string[]) => awsCli(setting.it.wire, 'eks', ...words)
  const aws = async (...words: string[]): Promise<any> => {
    const { output, error } = await run(...words)
    expect(error).toBe('')
    return output
  }
  /** The client's own waiters look every half a minute: they are called when there is nothing left to wait for. */
  const later = () => setting.clock.pass(3600)
  const named = ['--cluster-name', 'green']

  beforeAll(async () => {
    setting = await TestEks.create()
  })
  afterAll(() => setting.close())

  test('creates a cluster and waits for it', async () => {
    const network = `subnetIds=${setting.subnetIds.join(',')},endpointPrivateAccess=true`
    const created = await aws(
      ...['create-cluster', '--name', 'green', '--kubernetes-version', '1.33', '--role-arn', setting.roleArn],
      ...['--resources-vpc-config', network, '--access-config', 'authenticationMode=API', '--deletion-protection'],
    )
    expect(created.cluster).toMatchObject({ name: 'green', status: 'CREATING', deletionProtection: true })
    later()
    await aws('wait', 'cluster-active', '--name', 'green')
    const { cluster } = await aws('describe-cluster', '--name', 'green')
    expect(cluster).toMatchObject({ status: 'ACTIVE', createdAt: expect.any(Number) })
    expect(cluster.identity.oidc.issuer).toMatch(/^https:\/\/oidc\.eks\./)
  })

  test('makes a node group, an add-on and an access entry', async () => {
    const nodes = ['--nodegroup-name', 'general', '--node-role', setting.roleArn, '--subnets', ...setting.subnetIds]
    expect(await aws('create-nodegroup', ...named, ...nodes)).toMatchObject({ nodegroup: { status: 'CREATING' } })
    later()
    await aws('wait', 'nodegroup-active', ...named, '--nodegroup-name', 'general')
    expect(await aws('create-addon', ...named, '--addon-name', 'vpc-cni')).toMatchObject({
      addon: { addonVersion: 'v1.20.4-eksbuild.1' },
    })
    later()
    await aws('wait', 'addon-active', ...named, '--addon-name', 'vpc-cni')
    const principal = ['--principal-arn', 'arn:aws:iam::123456789012:role/teams/shop']
    await aws('create-access-entry', ...named, ...principal)
    await aws(
      ...['associate-access-policy', ...named, ...principal, '--access-scope', 'type=cluster'],
      ...['--policy-arn', 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy'],
    )
    expect(await aws('list-associated-access-policies', ...named, ...principal)).toMatchObject({
      associatedAccessPolicies: [{ accessScope: { type: 'cluster' } }],
    })
  })

  test('reads versions, updates and insights', async () => {
    const { clusterVersions } = await aws('describe-cluster-versions')
    expect(clusterVersions.map((it: any) => it.clusterVersion)).toContain('1.33')
    const { update } = await aws('update-cluster-config', '--name', 'green', '--no-deletion-protection')
    const about = ['--name', 'green', '--update-id', update.id]
    expect(await aws('describe-update', ...about)).toMatchObject({ update: { type: 'DeletionProtectionUpdate' } })
    later()
    expect((await aws('list-insights', ...named)).insights.length).toBeGreaterThan(0)
    expect((await aws('describe-addon-versions', '--kubernetes-version', '1.33')).addons).toHaveLength(5)
  })

  test('gets a token for the API server', async () => {
    const { output, error } = await run('get-token', ...named)
    expect(error).toBe('')
    expect(output).toMatchObject({ kind: 'ExecCredential', status: { token: expect.stringMatching(/^k8s-aws-v1\./) } })
  })

  test('is told what is wrong', async () => {
    expect((await run('describe-cluster', '--name', 'nobody')).error).toContain(
      'An error occurred (ResourceNotFoundException) when calling the DescribeCluster operation: ' +
        'No cluster found for name: nobody.',
    )
    expect((await run('delete-cluster', '--name', 'green')).error).toContain(
      'An error occurred (ResourceInUseException) when calling the DeleteCluster operation: ' +
        'Cluster has nodegroups attached',
    )
  })
})
