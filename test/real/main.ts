/** `npm run test:real`: the contract suite with the real aws and kubernetes plugins on the sandbox. Not part of `npm test`. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const help = `npm run test:real runs the contract suite with the real Pulumi plugins on the sandbox.

It needs their folders in the environment:

  CUTOVER_PULUMI_PLUGINS=aws=/folder/of/pulumi-resource-aws,kubernetes=/folder/of/pulumi-resource-kubernetes npm run test:real

With a network, \`pulumi plugin install resource aws 7.48.0\` and \`pulumi plugin install resource kubernetes 4.34.2\` put
them into ~/.pulumi/plugins. Without one they can be built with Go: the Kubernetes plugin from its module
github.com/pulumi/pulumi-kubernetes/provider/v4 (its package pkg/provider exports Serve), the AWS plugin from
github.com/hashicorp/terraform-provider-aws behind github.com/pulumi/pulumi-terraform-bridge/v3, which takes about half an
hour and 4 GB of memory. docs/rehearsals.md says more.
`

const plugins = new Map(
  (process.env['CUTOVER_PULUMI_PLUGINS'] ?? '')
    .split(',')
    .filter(Boolean)
    .map((part) => part.split('=') as [string, string]),
)
const missing = ['aws', 'kubernetes'].filter(
  (name) => !existsSync(join(plugins.get(name) ?? '', `pulumi-resource-${name}`)),
)
if (process.argv.includes('--help') || missing.length > 0) {
  if (missing.length > 0) process.stderr.write(`no plugin for ${missing.join(' and ')}\n\n`)
  process.stderr.write(help)
  process.exit(process.argv.includes('--help') ? 0 : 2)
}
const { status } = spawnSync('vitest', ['run', '--config', 'vitest.real.config.ts', ...process.argv.slice(2)], {
  stdio: 'inherit',
})
process.exit(status ?? 1)
