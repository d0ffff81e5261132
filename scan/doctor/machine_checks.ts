import type { Engine } from "../onnx/engine.ts";
import type { NodeProvider } from "../runtime/node_engine.ts";
import { type Device, providers, type Refusal } from "../runtime/select.ts";
import { formatBytes } from "../units.ts";
import { fault, type Finding, messageOf, note, ok } from "./finding.ts";
import { cardFields, type Probes } from "./probes.ts";

/** The version that the project is made for and tested with. */
export const madeForDeno = "2.9.6";

/** With less than this a scan with the smallest model may not run to its end. */
const leastMemoryBytes = 450e6;

/** Deno's version against the one that the project is made for. */
export function checkDeno({ denoVersion }: Pick<Probes, "denoVersion">): Finding {
  const [major, minor] = denoVersion.split(".").map(Number);
  const [madeMajor, madeMinor] = madeForDeno.split(".").map(Number);
  if (major === madeMajor && minor === madeMinor) return ok("Deno", denoVersion);
  const mend = `Install that version with "deno upgrade ${madeForDeno}", or run tasks with ` +
    `"npx --yes deno@${madeForDeno} task …".`;
  const isOlder = major < madeMajor || (major === madeMajor && minor < madeMinor);
  return isOlder
    ? fault("Deno", `${denoVersion} is older than ${madeForDeno}, which is needed`, mend)
    : note("Deno", `${denoVersion}; the project is tested with ${madeForDeno}`, mend);
}

/** Whether ONNX Runtime loads. */
export async function checkRuntime({ loadRuntime }: Pick<Probes, "loadRuntime">): Promise<Finding> {
  try {
    return ok("ONNX Runtime", `${await loadRuntime()} loads`);
  } catch (error) {
    return fault(
      "ONNX Runtime",
      `does not load: ${messageOf(error)}`,
      'Install the packages anew: remove node_modules, then run "deno install".',
    );
  }
}

/** Memory of the machine. */
export function checkMemory(
  { totalMemoryBytes, freeMemoryBytes }: Pick<Probes, "totalMemoryBytes" | "freeMemoryBytes">,
): Finding {
  const free = freeMemoryBytes();
  if (!Number.isFinite(free)) return note("memory", "the system does not say how much is free");
  const says = `${formatBytes(free)} free of ${formatBytes(totalMemoryBytes)}`;
  return free >= leastMemoryBytes ? ok("memory", says) : fault(
    "memory",
    `${says}: less than the ${formatBytes(leastMemoryBytes)} of a scan with the bundled model`,
    "Close other programs, or give the container more memory.",
  );
}

/** Cards by what NVIDIA's tool says. */
export async function checkCards({ askNvidia }: Pick<Probes, "askNvidia">): Promise<Finding[]> {
  const topic = "graphics card";
  const answer = await askNvidia();
  if (answer === null) {
    return [ok(topic, "none of NVIDIA's is seen: there is no nvidia-smi on this machine")];
  }
  const rows = answer.out.split("\n").filter((line) => line.trim() !== "")
    .map((line) => line.split(",").map((cell) => cell.trim()));
  if (answer.code !== 0 || rows.length === 0) {
    const reason = messageOf(answer.err || answer.out) || `exit code ${answer.code}`;
    return [note(
      topic,
      `nvidia-smi does not work: ${reason}`,
      "Install the driver of the card anew, and start the machine anew; in a container, give it the card.",
    )];
  }
  return rows.map((row): Finding => {
    const [name, total, free, driver] = cardFields.map((_, i) => row[i] ?? "");
    const [totalText, freeText] = [total, free].map(toBytes);
    return ok(topic, `${name}, ${freeText} free of ${totalText}, driver ${driver}`);
  });
}

/** Cards that share the machine's memory have none of their own to tell. */
function toBytes(mebibytes: string): string {
  const n = Number(mebibytes);
  return mebibytes !== "" && Number.isFinite(n) ? formatBytes(n * 2 ** 20) : "an unknown amount";
}

/** What the providers come to. */
export interface CheckedDevices {
  readonly findings: readonly Finding[];
  /** The engine that a scan would take, null where none works. */
  readonly engine: Engine | null;
}

/**
 * Tries every provider.
 *
 * @param device one that has to work, or `auto` for any
 */
export async function checkDevices(
  { tryProvider }: Pick<Probes, "tryProvider">,
  device: Device,
): Promise<CheckedDevices> {
  const findings: Finding[] = [];
  const engines = new Map<NodeProvider, Engine>();
  for (const provider of providers) {
    const tried = await tryProvider(provider);
    if ("engine" in tried) {
      engines.set(provider, tried.engine);
      findings.push(ok("device", `${provider} works`));
    } else findings.push(tellRefusal(tried, provider === device || provider === "cpu"));
  }
  const first = providers.map((provider) => engines.get(provider)).find((engine) => engine);
  return { findings, engine: (device === "auto" ? first : engines.get(device)) ?? null };
}

function tellRefusal({ provider, reason, mend }: Refusal, isNeeded: boolean): Finding {
  const says = `${provider} does not work: ${reason}`;
  return isNeeded ? fault("device", says, mend) : note("device", says, mend);
}
