import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { cached, contents } from '../cache.ts'
import { builtGoModule } from '../go-module.ts'
import { run } from '../processes.ts'

/** Servers of object stores: their programs. */
export interface StoragePrograms {
  /** S3, over a directory. */
  readonly versitygw: string
  readonly fakeGcsServer: string
  /** A script for Node. */
  readonly azurite: string
}

/** From the Go module proxy and from npm, once; about two minutes on two cores. */
export async function installStorage(say: (line: string) => void): Promise<StoragePrograms> {
  const at = (name: string) => join(import.meta.dirname, name)
  const goProgram = async (name: string, path: string) =>
    join(await builtGoModule({ name, folder: at(name), packages: [path] }, say), name)
  return {
    versitygw: await goProgram('versitygw', 'github.com/versity/versitygw/cmd/versitygw'),
    fakeGcsServer: await goProgram('fake-gcs-server', 'github.com/fsouza/fake-gcs-server'),
    azurite: await installAzurite(at('azurite'), say),
  }
}

async function installAzurite(source: string, say: (line: string) => void): Promise<string> {
  const files = ['package.json', 'package-lock.json']
  const inputs = await contents(...files.map(file => join(source, file)))
  const folder = await cached('azurite', inputs, async directory => {
    say('installing Azurite')
    for (const file of files) await cp(join(source, file), join(directory, file))
    await run(
      'npm',
      ['ci', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
      {
        cwd: directory,
      },
    )
  })
  return join(folder, 'node_modules/azurite/dist/src/blob/main.js')
}
