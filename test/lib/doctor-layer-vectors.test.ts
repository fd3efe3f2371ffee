import { expect, test } from 'vitest'
import { LAYERS, SYMPTOMS } from '../../src/contract/symptoms.ts'
import { layerOf } from '../../src/site/health/doctor/finding.ts'
import vectors from '../fixtures/doctor-layer-vectors.json' with { type: 'json' }

const layersOfSymptoms = new Map<string, string>(Object.entries(SYMPTOMS).map(([code, { layer }]) => [code, layer]))

test('the doctor has the layers that the plugin has labels for', () => {
  expect(LAYERS).toEqual(vectors.layers)
})

test.each(Object.entries(vectors.layer_of_code))('a finding %s is of the layer %s, as in the plugin', (code, layer) => {
  const ours = code === 'clone_detected' ? layerOf(code) : layersOfSymptoms.get(code)
  expect(ours).toBe(layer)
})
