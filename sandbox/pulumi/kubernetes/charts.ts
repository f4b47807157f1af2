import { isObject, type Properties, type Value } from '../properties.ts'

/** A chart that the sandbox has a program for, as a release asks for it. */
export interface Chart {
  readonly chart: string
  readonly name: string
  readonly namespace: string
  readonly version: string
  /** Of the program that the chart installs. */
  readonly appVersion: string
  /** From the annotation of the service account. */
  readonly roleArn: string | undefined
}

const known = { chart: 'aws-load-balancer-controller', repo: 'https://aws.github.io/eks-charts' }
const newest = '1.13.4'

/** Charts 1.4 and 1.5 count apart from their program (aws/eks-charts, Chart.yaml); from 1.6 on 1.N.P has 2.N.P. */
const appVersions: Readonly<Record<string, string>> = {
  '1.4.3': '2.4.3',
  '1.4.4': '2.4.3',
  '1.4.5': '2.4.4',
  '1.4.6': '2.4.5',
  '1.4.7': '2.4.6',
  '1.4.8': '2.4.7',
  '1.5.1': '2.5.1',
  '1.5.2': '2.5.1',
  '1.5.3': '2.5.2',
  '1.5.4': '2.5.3',
  '1.5.5': '2.5.4',
}

/** Refuses every other chart, and values with which the program would not start. */
export function chartOf({ chart, name, namespace, version, repositoryOpts, values }: Properties): Chart {
  const repo = textAt(repositoryOpts, 'repo')?.replace(/\/$/, '')
  if (chart !== known.chart || repo !== known.repo)
    throw new Error(`this stand-in installs no chart but ${known.chart} of ${known.repo}, not ${JSON.stringify(chart)}`)
  if (!textAt(values, 'clusterName'))
    throw new Error('execution error: Chart cannot be installed without a valid clusterName!')
  const wanted = typeof version === 'string' ? version.replace(/^v/, '') : newest
  if (!/^1\.\d+\.\d+$/.test(wanted))
    throw new Error(`chart "${known.chart}" version "${wanted}" not found in ${known.repo}`)
  return {
    chart: known.chart,
    name: typeof name === 'string' ? name : known.chart,
    namespace: typeof namespace === 'string' ? namespace : 'default',
    version: wanted,
    appVersion: appVersions[wanted] ?? wanted.replace(/^1/, '2'),
    roleArn: textAt(values, 'serviceAccount', 'annotations', 'eks.amazonaws.com/role-arn'),
  }
}

function textAt(value: Value | undefined, ...path: string[]): string | undefined {
  const found = path.reduce<Value | undefined>((at, key) => (isObject(at) ? at[key] : undefined), value)
  return typeof found === 'string' && found !== '' ? found : undefined
}
