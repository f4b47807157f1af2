/** `npm run policies`: the rights that a migration takes, as AWS and Kubernetes want to be told of them. Reads the inventory alone. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { parseInventoryYaml } from '../automation/inventory.ts'
import { policyOf, policyTexts } from '../automation/policies.ts'
import { managedPolicyCharacters } from '../infra/policies/document.ts'
import type { Policy } from '../infra/policies/grant.ts'

const names = Object.keys(policyTexts) as (keyof typeof policyTexts)[]

const help = `eks-cutover: least privilege (docs/policies.md)

  npm run -s policies -- cutover.yaml ${names.join(' | ')}
  npm run policies -- cutover.yaml --to FOLDER

Prints one of them, or writes all four into a folder. Nothing is asked of AWS or of a cluster.

  service.json   IAM policy of the service's own calls
  plugins.json   IAM policy of Pulumi's aws plugin
  blue.yaml      roles and bindings in blue
  green.yaml     roles and bindings in green

Exit codes: 0 done, 2 no such file, or no inventory.
`

async function main(): Promise<number> {
  const options = { to: { type: 'string' }, help: { type: 'boolean' } } as const
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  const [file, wanted, ...more] = positionals
  if (values.help) return print(help, 0)
  const name = names.find((one) => one === wanted)
  const isOne = values.to === undefined ? name !== undefined : wanted === undefined
  if (file === undefined || more.length > 0 || !isOne) return print(help, 2)
  const policy = policyOf(parseInventoryYaml(await readFile(file, 'utf8')))
  return name ? print(policyTexts[name](policy), 0) : write(policy, values.to ?? '.')
}

async function write(policy: Policy, folder: string): Promise<number> {
  await mkdir(folder, { recursive: true })
  for (const name of names) {
    const text = policyTexts[name](policy)
    await writeFile(join(folder, name), text)
    print(`${join(folder, name)}${tooLong(name, text)}\n`, 0)
  }
  return 0
}

/** White space does not count. */
function tooLong(name: string, text: string): string {
  const { length } = text.replaceAll(/\s/g, '')
  if (!name.endsWith('.json') || length <= managedPolicyCharacters) return ''
  return `: ${length} characters, and a managed policy takes ${managedPolicyCharacters}: part it by its statements`
}

function print(text: string, code: number): number {
  process.stdout.write(text)
  return code
}

main().then(
  (code) => void (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`eks-cutover: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 2
  },
)
