import type { ReadyFile } from '../sandbox/sandbox.ts'

/** Makes trouble in the sandbox, over its control endpoint. */
export async function makeTrouble(
  { controlUrl }: Pick<ReadyFile, 'controlUrl'>,
  path: string,
  body: object,
): Promise<void> {
  const answer = await fetch(`${controlUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`)
}

export async function clearTrouble({ controlUrl }: Pick<ReadyFile, 'controlUrl'>, path: string): Promise<void> {
  await fetch(`${controlUrl}${path}`, { method: 'DELETE' })
}
