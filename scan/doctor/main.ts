/** `deno task doctor`: says what works here, what does not, and what to do about it. */
import { parseArgs } from "node:util";
import type { Device } from "../runtime/select.ts";
import { examine } from "./examine.ts";
import { formatFindings } from "./finding.ts";
import { readDevice } from "../options.ts";
import { createProbes } from "./probes.ts";

const usage =
  `Says whether all that a scan needs works here: Deno, ONNX Runtime and its devices, memory, graphics
card, models, folders; and what to do about what does not. Changes nothing, fetches nothing.

Usage: deno task doctor [options]

Options
  --model <name>    open a model as a scan does and see whether its parts agree: a folder, an ONNX file,
                    or a model that deno task model fetched, org/name; may be repeated
  --device <name>   a device that has to work: auto, cuda, webgpu or cpu (default: auto, any of them)
  --data <dir>      folder of the results (default: _data)
  --json            print what was found as one JSON object on standard output
  --help            this text

Exit codes: 0 all that is needed works · 1 something that is needed does not · 2 the command line
cannot be understood`;

/** @returns the exit code */
async function main(args: string[]): Promise<number> {
  let values;
  let device: Device;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        model: { type: "string", multiple: true, default: [] },
        device: { type: "string", default: "auto" },
        data: { type: "string", default: "_data" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    }));
    device = readDevice(values.device);
  } catch (error) {
    console.error(`${(error as Error).message}\nTry deno task doctor --help`);
    return 2;
  }
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const findings = await examine(createProbes(), {
    device,
    models: values.model,
    dataFolder: values.data,
    env: (name) => Deno.env.get(name),
  });
  const works = findings.every(({ level }) => level !== "fault");
  if (values.json) console.log(JSON.stringify({ works, findings }));
  else console.log(formatFindings(findings));
  return works ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
