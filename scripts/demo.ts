import { setStage } from './demo/stage.ts'
import { tour, typed } from './demo/tour.ts'

/** `npm run demo`: what the README shows, run on the sandbox. Needs no kubectl: the plugin's binary is called as kubectl would call it. */
const started = Date.now()
console.log('Starting a Kubernetes API with a simulated FlinkCluster operator, and two jobs …')
const stage = await setStage()
try {
  for (const stop of tour) {
    const { says, words, exit = 0 } = stop
    console.log(`\n# ${says}\n$ ${typed(stop)}`)
    const code = await stage.run(words, text => process.stdout.write(text))
    if (code !== exit) throw new Error(`it ended with exit code ${code}, not ${exit}`)
  }
} finally {
  await stage.close()
}
console.log(`
That was ${Math.round((Date.now() - started) / 1000)} s against a simulated operator. To play with it yourself:

  npm run sandbox       keeps it running, and prints what to put into KUBECONFIG and PATH
  kubectl flinksp …     in another terminal, and kubectl get flinkclusters`)
