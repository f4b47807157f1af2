import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `<stack>-<nanoseconds>.history.json` and `.checkpoint.json` of one update, as the CLI's backend in files names them. */
const updatePattern = /-(\d+)\.(?:history|checkpoint)\.json/

/**
 * Of each stack in a backend in files the history of the newest `keep` updates stays; the state itself is none of it. Nothing else
 * forgets it: the CLI keeps every update, with the whole of its state, for ever. Of other backends nothing is done.
 */
export async function forgetUpdates(backendUrl: string, keep: number): Promise<void> {
  if (!backendUrl.startsWith('file:')) return
  const projects = join(fileURLToPath(new URL(backendUrl.split('?')[0] ?? '')), '.pulumi', 'history')
  for (const project of await namesIn(projects))
    for (const stack of await namesIn(join(projects, project))) await forgetIn(join(projects, project, stack), keep)
}

async function forgetIn(folder: string, keep: number): Promise<void> {
  const files = (await namesIn(folder)).flatMap((name) => {
    const [, at] = updatePattern.exec(name) ?? []
    return at === undefined ? [] : [{ name, at: BigInt(at) }]
  })
  const updates = [...new Set(files.map(({ at }) => at))].sort((one, other) => (one < other ? 1 : -1))
  const old = new Set(updates.slice(keep))
  for (const { name, at } of files) if (old.has(at)) await rm(join(folder, name), { force: true })
}

/** [] where there is none, or what is there is a file. */
const namesIn = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
    throw error
  })
