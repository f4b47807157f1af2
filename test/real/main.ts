/** `npm run test:real`: what the sandbox imitates beside the real thing. Not part of `npm test`. */
import { spawnSync } from 'node:child_process'
import { providePart } from './parts.ts'
import { providePlugins } from './plugins.ts'

const help = `npm run test:real holds the sandbox against the real thing. Two suites; name one to run it alone.

contract: the contract suite of kinds with the real Pulumi plugins.

  npm run test:real -- contract

takes the official plugins of the SDKs' versions, which are fetched once. Where they cannot be had it builds plugins of their
Go modules (tools/real), with Go 1.25 or newer: ten minutes for kubernetes; half an hour and 4 GB of memory for aws. Both go
to ~/.cache/eks-cutover. The folders of others may be named:

  CUTOVER_PULUMI_PLUGINS=aws=/folder/of/pulumi-resource-aws,kubernetes=/folder/of/pulumi-resource-kubernetes npm run test:real

A member of the suite takes five to fifteen minutes on two idle cores; -t "alb, a rule" runs one.

trap: the load-balancer controller 2.4.5 on API servers 1.24.17, beside the sandbox's own.

  npm run test:real -- trap

It needs Go 1.25 or newer the first time, about eight minutes, and builds what it needs into ~/.cache/eks-cutover;
etcd from the path will do (Debian: etcd-server).
`

/** Gets what a suite needs, as variables of its environment; throws with what to do where that cannot be had. */
const suites: Readonly<Record<string, () => Record<string, string>>> = {
  contract: () => ({ CUTOVER_PULUMI_PLUGINS: providePlugins(process.env['CUTOVER_PULUMI_PLUGINS'] ?? '') }),
  trap: () => {
    for (const part of ['etcd', 'kube-apiserver', 'load-balancer-controller'] as const) providePart(part)
    return {}
  },
}

const args = process.argv.slice(2)
if (args.includes('--help')) {
  process.stdout.write(help)
  process.exit(0)
}
const named = Object.keys(suites).filter((name) => args.some((arg) => arg.includes(name)))
const chosen = named.length > 0 ? named : Object.keys(suites)
const environment: NodeJS.ProcessEnv = { ...process.env }
for (const name of chosen) {
  try {
    Object.assign(environment, suites[name]?.())
  } catch (error) {
    process.stderr.write(`${name}: ${(error as Error).message}\n\n${help}`)
    process.exit(2)
  }
}
const { status } = spawnSync('vitest', ['run', '--config', 'vitest.real.config.ts', ...args], {
  stdio: 'inherit',
  env: environment,
})
process.exit(status ?? 1)
