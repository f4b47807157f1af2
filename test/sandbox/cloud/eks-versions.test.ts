import { DescribeAddonVersionsCommand, DescribeClusterVersionsCommand } from '@aws-sdk/client-eks'
import { afterEach, describe, expect, test } from 'vitest'
import { december2022, TestEks } from './eks-fixture.ts'

let setting: TestEks
afterEach(() => setting.close())

const on = async (day: Date | string) => {
  setting = await TestEks.create({ today: new Date(day) })
}
const versions = async (input: DescribeClusterVersionsCommand['input'] = {}) =>
  (await setting.eks.send(new DescribeClusterVersionsCommand(input))).clusterVersions ?? []
const numbers = async (input?: DescribeClusterVersionsCommand['input']) =>
  (await versions(input)).map(({ clusterVersion }) => clusterVersion)

describe('the versions that EKS offers', () => {
  test('in December 2022', async () => {
    await on(december2022)
    expect(await numbers()).toEqual(['1.24', '1.23', '1.22', '1.21'])
    expect(await numbers({ defaultOnly: true })).toEqual(['1.24'])
    expect(await versions({ clusterVersions: ['1.21'] })).toEqual([
      {
        clusterVersion: '1.21',
        clusterType: 'eks',
        defaultPlatformVersion: 'eks.1',
        defaultVersion: false,
        releaseDate: new Date('2021-07-19'),
        endOfStandardSupportDate: new Date('2023-02-16'),
        endOfExtendedSupportDate: new Date('2024-07-15'),
        status: 'standard-support',
        versionStatus: 'STANDARD_SUPPORT',
        kubernetesPatchVersion: '1.21.0',
      },
    ])
  })

  test('in July 2026', async () => {
    await on('2026-07-01')
    expect(await numbers()).toEqual(['1.36', '1.35', '1.34', '1.33', '1.32', '1.31', '1.30'])
    expect(await numbers({ versionStatus: 'EXTENDED_SUPPORT' })).toEqual(['1.32', '1.31', '1.30'])
    expect(await numbers({ status: 'standard-support' })).toEqual(['1.36', '1.35', '1.34', '1.33'])
    expect((await numbers({ includeAll: true })).at(-1)).toBe('1.21')
    expect(await versions({ clusterVersions: ['1.21', '1.99'] })).toMatchObject([{ versionStatus: 'UNSUPPORTED' }])
  })

  test('do not change on their last day, but on the next', async () => {
    await on('2026-03-23T23:59:00Z')
    expect(await versions({ clusterVersions: ['1.29'] })).toMatchObject([{ versionStatus: 'EXTENDED_SUPPORT' }])
    await setting.close()
    await on('2026-03-24')
    expect(await versions({ clusterVersions: ['1.29'] })).toMatchObject([{ versionStatus: 'UNSUPPORTED' }])
  })
})

describe('the versions of add-ons', () => {
  const addons = async (input: DescribeAddonVersionsCommand['input']) =>
    (await setting.eks.send(new DescribeAddonVersionsCommand(input))).addons ?? []

  test.each(['1.21', '1.24', '1.29', '1.33', '1.36'])('for %s have one default each', async (kubernetesVersion) => {
    await on('2026-07-01')
    const found = await addons({ kubernetesVersion })
    expect(found.map(({ addonName }) => addonName)).toEqual(
      expect.arrayContaining(['vpc-cni', 'coredns', 'kube-proxy']),
    )
    for (const { addonName, addonVersions = [] } of found) {
      const defaults = addonVersions.filter(({ compatibilities }) => compatibilities?.some((it) => it.defaultVersion))
      expect(defaults, addonName).toHaveLength(1)
      for (const { compatibilities } of addonVersions) {
        expect(compatibilities).toMatchObject([{ clusterVersion: kubernetesVersion, platformVersions: ['*'] }])
      }
    }
  })

  test('without a Kubernetes version are for all that are offered', async () => {
    await on(december2022)
    const [proxy] = await addons({ addonName: 'kube-proxy' })
    expect(proxy).toMatchObject({ type: 'networking', owner: 'aws', publisher: 'eks' })
    expect(proxy?.addonVersions?.map(({ addonVersion }) => addonVersion?.slice(0, 5))).toEqual([
      'v1.24',
      'v1.23',
      'v1.22',
      'v1.21',
    ])
    expect(await addons({ types: ['storage'] })).toMatchObject([{ addonName: 'aws-ebs-csi-driver' }])
    expect(await addons({ owners: ['aws-marketplace'] })).toEqual([])
    const nonsense = new DescribeAddonVersionsCommand({ addonName: 'nonsense' })
    expect(await setting.refusal(nonsense)).toMatchObject({ name: 'InvalidParameterException' })
  })
})
