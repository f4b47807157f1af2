/** `npm run test:real`: what the sandbox imitates beside the real thing. Not part of `npm test`. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { partNames, providePart } from './parts.ts'

const help = `npm run test:real holds the sandbox against the real thing. Two suites; name one to run it alone.

contract: the contract suite of kinds with the real Pulumi plugins. It needs their folders in the environment:

  CUTOVER_PULUMI_PLUGINS=aws=/folder/of/pulumi-resource-aws,kubernetes=/folder/of/pulumi-resource-kubernetes npm run test:real

With a network, \`pulumi plugin install resource aws 7.48.0\` and \`pulumi plugin install resource kubernetes 4.34.2\` put
them into ~/.pulumi/plugins. Without one they can be built with Go: the Kubernetes plugin from its module
github.com/pulumi/pulumi-kubernetes/provider/v4 (its package pkg/provider exports Serve), the AWS plugin from
github.com/hashicorp/terraform-provider-aws behind github.com/pulumi/pulumi-terraform-bridge/v3, which takes about half an
hour and 4 GB of memory. docs/rehearsals.md says more.

trap: the load-balancer controller 2.4.5 on API servers 1.24.17, beside the sandbox's own.

  npm run test:real -- trap

It needs Go 1.25 or newer the first time, about eight minutes, and builds what it needs into ~/.cache/eks-cutover;
etcd from the path will do (Debian: etcd-server).
`

/** What a suite needs and cannot have, in words for a person. What can be built is built, so quick refusals are first. */
const suites: Readonly<Record<string, () => string[]>> = { contract: missingPlugins, trap: missingParts }

function missingPlugins(): string[] {
  const settings = (process.env['CUTOVER_PULUMI_PLUGINS'] ?? '').split(',').filter(Boolean)
  const folders = new Map(settings.map((setting) => setting.split('=') as [string, string]))
  return ['aws', 'kubernetes']
    .filter((name) => !existsSync(join(folders.get(name) ?? '', `pulumi-resource-${name}`)))
    .map((name) => `no real plugin for ${name}`)
}

function missingParts(): string[] {
  try {
    partNames.forEach(providePart)
    return []
  } catch (error) {
    return [(error as Error).message]
  }
}

const args = process.argv.slice(2)
if (args.includes('--help')) {
  process.stdout.write(help)
  process.exit(0)
}
const named = Object.keys(suites).filter((name) => args.some((arg) => arg.includes(name)))
const chosen = named.length > 0 ? named : Object.keys(suites)
for (const name of chosen) {
  const missing = suites[name]?.() ?? []
  if (missing.length === 0) continue
  process.stderr.write(`${name}: ${missing.join('\n')}\n\n${help}`)
  process.exit(2)
}
const { status } = spawnSync('vitest', ['run', '--config', 'vitest.real.config.ts', ...args], { stdio: 'inherit' })
process.exit(status ?? 1)
