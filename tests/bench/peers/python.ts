/** Which Python the peers run on, and what to do where there is none. */

/** What the peers import, and what brings it: Debian's package and PyPI's. */
export const packages = [
  { module: "numpy", debian: "python3-numpy", pypi: "numpy" },
  { module: "torch", debian: "python3-torch", pypi: "torch" },
  { module: "sklearn", debian: "python3-sklearn", pypi: "scikit-learn" },
  { module: "umap", debian: "umap-learn", pypi: "umap-learn" },
] as const;

/** A Python that was found, and which modules it lacks. */
export interface Python {
  readonly path: string;
  readonly missing: readonly string[];
}

/** Names a Python of one's own choice, e.g. a virtual environment's. */
export const pythonVariable = "WEIGHTSCAN_PYTHON";

/**
 * The first Python that has everything, else the one that lacks least; null where there is none.
 * Debian's own is tried by its path too: another may stand before it, and apt-get fills that one.
 */
export async function findPython(): Promise<Python | null> {
  const chosen = Deno.env.get(pythonVariable);
  const names = chosen ? [chosen] : ["python3", "/usr/bin/python3", "python"];
  const found: Python[] = [];
  for (const path of names) {
    const missing = await listMissing(path);
    if (missing?.length === 0) return { path, missing };
    if (missing) found.push({ path, missing });
  }
  return found.sort((a, b) => a.missing.length - b.missing.length)[0] ?? null;
}

/** Modules that a Python lacks, found without loading them; null where it does not run. */
async function listMissing(path: string): Promise<readonly string[] | null> {
  const modules = packages.map(({ module }) => module);
  const script = "import importlib.util, sys\n" +
    "print(*[m for m in sys.argv[1:] if importlib.util.find_spec(m) is None])";
  try {
    const { success, stdout } = await new Deno.Command(path, {
      args: ["-c", script, ...modules],
      stderr: "null",
    }).output();
    if (!success) return null;
    return new TextDecoder().decode(stdout).split(/\s+/).filter(Boolean);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) {
      return null;
    }
    throw error;
  }
}

/** What to tell where the peers cannot run; null where they can. */
export function describeLack(python: Python | null): string | null {
  if (python !== null && python.missing.length === 0) return null;
  const got = python === null
    ? "no Python"
    : `${python.path} without ${python.missing.join(" and ")}`;
  return `Cannot run the peers: expected a Python with ${
    packages.map(({ module }) => module).join(", ")
  }, got ${got}.\n${mend}`;
}

const mend = `"deno task bench:peers" installs them as root on Debian. Elsewhere: "pip install ${
  packages.map(({ pypi }) => pypi).join(" ")
}" into a virtual environment, and set ${pythonVariable} to its python.`;

/** Variables that bend NumPy's linear algebra to one machine, which is no part of the comparison. */
const unwanted: ReadonlySet<string> = new Set(["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"]);

/** The environment of a peer. */
export function peerEnvironment(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !unwanted.has(name)));
}
