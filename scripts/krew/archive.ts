import { createHash } from 'node:crypto'
import { chmod, cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create } from 'tar'

/** krew wants a licence among the installed files. */
const licence = 'LICENSE'

/** Packs a binary and the licence; the same two files give the same archive, byte by byte. */
export async function archive(binary: string, output: string): Promise<{ sha256: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-flinksp-archive-'))
  try {
    await cp(binary, join(folder, 'kubectl-flinksp'))
    await chmod(join(folder, 'kubectl-flinksp'), 0o755)
    await cp(licence, join(folder, licence))
    await chmod(join(folder, licence), 0o644)
    const names = [licence, 'kubectl-flinksp']
    await create({ file: output, cwd: folder, gzip: { level: 9 }, portable: true, mtime: new Date(0) }, names)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return {
    sha256: createHash('sha256')
      .update(await readFile(output))
      .digest('hex'),
  }
}
