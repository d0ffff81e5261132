/** Installs Debian packages without questions, with patience for what usually passes by itself. */

/** Packages of other programs come and go while we wait; longer than this and something hangs. */
const lockPatienceSeconds = 600;
const lockPauseSeconds = 5;
const attemptsMax = 3;

/** How a run of apt-get ended. */
export interface AptResult {
  readonly code: number;
  readonly stderr: string;
}

/** What an installation needs of the machine, handed in so that it is tested without touching it. */
export interface AptMachine {
  /**
   * Runs apt-get.
   *
   * @param onLine told every line of its standard output
   * @throws {Deno.errors.NotFound} if there is no apt-get
   */
  run(args: readonly string[], onLine: (line: string) => void): Promise<AptResult>;
  wait(seconds: number): Promise<void>;
  /** Told every line of progress. */
  say(line: string): void;
}

/**
 * Reads the package lists and installs packages. Another apt-get at work is waited for, ten minutes
 * at most; what fails otherwise is tried three times, the lists anew each time, since a mirror that
 * was away leaves lists behind that lack the package.
 *
 * @throws {Error} if it does not succeed, with apt-get's own reason
 */
export async function installPackages(
  packages: readonly string[],
  machine: AptMachine,
): Promise<void> {
  for (let attempt = 1;; attempt++) {
    const failure = await step(["update"], "reading the package lists", machine) ??
      await step(
        ["install", "--yes", "--no-install-recommends", ...packages],
        `installing ${packages.join(" and ")}`,
        machine,
      );
    if (failure === null) return;
    if (attempt === attemptsMax) {
      throw new Error(
        `Cannot install "${packages.join(" ")}": expected apt-get to succeed, got:\n${failure}`,
      );
    }
    machine.say(`  it failed, trying again (${attempt} of ${attemptsMax - 1}): ${failure}`);
    await machine.wait(attempt * 5);
  }
}

/** @returns null, or why it failed */
async function step(
  args: readonly string[],
  what: string,
  { run, wait, say }: AptMachine,
): Promise<string | null> {
  say(`  ${what}`);
  let holder = "";
  const tellHolder = (text: string) => {
    const found = lockHolder(text);
    if (found === null || found === holder) return;
    holder = found;
    say(`  ${what}: waiting for another installation to end (${holder})`);
  };
  for (let waited = 0;; waited += lockPauseSeconds) {
    // The time-out holds for dpkg's own lock alone: the lists' lock makes apt-get fail at once.
    const options = [
      "-o",
      `DPkg::Lock::Timeout=${lockPatienceSeconds}`,
      "-o",
      "Acquire::Retries=3",
    ];
    const { code, stderr } = await run([...options, "--quiet", ...args], tellHolder);
    if (code === 0) return null;
    if (lockHolder(stderr) === null || waited >= lockPatienceSeconds) return reasonIn(stderr, code);
    tellHolder(stderr);
    await wait(lockPauseSeconds);
  }
}

/** Who holds the lock that apt-get complains of, as `process 17 (apt-get)`; null where it is another complaint. */
export function lockHolder(text: string): string | null {
  if (!/Could not get lock|Unable to (?:acquire|lock)/.test(text)) return null;
  return /held by (process \d+(?: \([^)]*\))?)/.exec(text)?.[1] ?? "it is not said which";
}

/** The errors among what apt-get wrote; the last lines where it marked none. */
function reasonIn(stderr: string, code: number): string {
  const lines = stderr.split("\n").map((line) => line.trim()).filter(Boolean);
  const errors = lines.filter((line) => line.startsWith("E:"));
  return (errors.length > 0 ? errors : lines).slice(-3).join("\n") || `exit code ${code}`;
}

/** The machine this runs on. */
export function thisAptMachine(say: (line: string) => void): AptMachine {
  return {
    say,
    wait: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
    async run(args, onLine) {
      const start = performance.now();
      // Whoever watches wants to know that it is still at work.
      const timer = setInterval(
        () => say(`  still at it after ${Math.round((performance.now() - start) / 1000)} s`),
        15_000,
      );
      try {
        const child = new Deno.Command("apt-get", {
          args: [...args],
          // Its messages are read here, so that they must be in English.
          env: { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
          stdin: "null",
          stdout: "piped",
          stderr: "piped",
        }).spawn();
        const [{ code }, stderr] = await Promise.all([
          child.status,
          new Response(child.stderr).text(),
          readLines(child.stdout, onLine),
        ]);
        return { code, stderr };
      } finally {
        clearInterval(timer);
      }
    },
  };
}

async function readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onLine: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split(/[\r\n]/);
    rest = lines.pop() ?? "";
    lines.forEach(onLine);
  }
}
