import type { Environment } from "../model/hub/cache.ts";
import { bundledName } from "../model/folder.ts";
import type { Device } from "../runtime/select.ts";
import { checkBundled, checkCache, checkData } from "./file_checks.ts";
import { fault, type Finding } from "./finding.ts";
import {
  checkCards,
  checkDeno,
  checkDevices,
  checkMemory,
  checkRuntime,
} from "./machine_checks.ts";
import { checkModel } from "./model_check.ts";
import type { Probes } from "./probes.ts";

/** What is to be looked at. */
export interface Examination {
  /** The device that has to work, or `auto` for any. */
  readonly device: Device;
  /** Models to be opened besides the bundled one. */
  readonly models: readonly string[];
  readonly dataFolder: string;
  readonly env: Environment;
}

/** Looks at everything that a scan needs, in the order in which it needs it. Changes nothing. */
export async function examine(
  probes: Probes,
  { device, models, dataFolder, env }: Examination,
): Promise<Finding[]> {
  const runtime = await checkRuntime(probes);
  const findings = [checkDeno(probes), runtime, checkMemory(probes), ...await checkCards(probes)];
  const { findings: devices, engine } = runtime.level === "ok"
    ? await checkDevices(probes, device)
    : { findings: [], engine: null };
  const bundled = await checkBundled();
  findings.push(...devices, bundled);

  const wanted = bundled.level === "ok" ? [bundledName, ...models] : models;
  for (const name of wanted) {
    const topic = name === bundledName ? "bundled model" : "model";
    if (engine) findings.push(...await checkModel(name, engine, probes.freeMemoryBytes(), topic));
    else {
      findings.push(fault(
        topic,
        `${name} cannot be opened: there is no device to run it on`,
        "First mend what is said above of ONNX Runtime and its devices.",
      ));
    }
  }
  return [...findings, ...checkCache(env), ...await checkData(dataFolder)];
}
