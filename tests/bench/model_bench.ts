import { type Architecture, buildInferenceModel } from "../../scan/bundled/architecture.ts";
import { initialWeights } from "../../scan/bundled/initial_weights.ts";
import { exposeStates } from "../../scan/model/hidden_states.ts";
import { findResidualStream } from "../../scan/model/residual_stream.ts";
import { GraphIndex } from "../../scan/onnx/graph_index.ts";
import { readModel } from "../../scan/onnx/read_model.ts";
import { int64 } from "../../scan/onnx/tensor.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { type Bench, race, type Row } from "./harness.ts";

/** Untrained models: time does not depend on what the weights are. */
const sizes: readonly Architecture[] = [
  { nLayers: 6, dModel: 256, nHeads: 4, dFeedForward: 704, dVocab: 2048, context: 256 },
  { nLayers: 12, dModel: 768, nHeads: 12, dFeedForward: 2048, dVocab: 8192, context: 256 },
];

const nTokens = 64;

async function* compare(architecture: Architecture, seed: number): AsyncGenerator<Row> {
  const { nLayers, dModel, dVocab } = architecture;
  const model = buildInferenceModel(architecture, initialWeights(architecture, seed));
  const size = `${nLayers} layers × ${dModel}, ${nTokens} tokens, ` +
    `${(model.length / 1e6).toFixed(0)} MB`;
  const engine = await createEngine("cpu", { spins: false });
  const expose = () => {
    const graph = new GraphIndex(readModel(model));
    return exposeStates(model, graph, findResidualStream(graph));
  };
  const exposed = expose();
  const [plain, session] = [await engine.load(model), await engine.load(exposed.model)];
  const ids = Array.from({ length: nTokens }, (_, i) => (i * 31 + seed) % dVocab);
  const feeds = { input_ids: int64([1, nTokens], ids) };
  yield await race({
    name: "forward pass with all hidden states",
    size,
    rivalName: "the same without them",
    ours: () => session.run(feeds, [...exposed.states, exposed.logits]),
    rival: () => plain.run(feeds, ["logits"]),
  }, 15);
  await plain.release();
  await session.release();

  const load = async (bytes: Uint8Array) => await (await engine.load(bytes)).release();
  yield await race({
    name: "load with hidden states found and exposed",
    size,
    rivalName: "load alone",
    ours: () => load(expose().model),
    rival: () => load(model),
  });
}

export const benches: readonly Bench[] = [{
  name: "model",
  async *run({ quick, seed }) {
    for (const architecture of quick ? sizes.slice(0, 1) : sizes) {
      yield* compare(architecture, seed);
    }
  },
}];
