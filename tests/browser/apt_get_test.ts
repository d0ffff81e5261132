import assert from "node:assert/strict";
import { type AptMachine, type AptResult, installPackages, lockHolder } from "./apt_get.ts";

const ok: AptResult = { code: 0, stderr: "" };
const listsLocked: AptResult = {
  code: 100,
  stderr: "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 17 (apt-get)\n" +
    "E: Unable to lock directory /var/lib/apt/lists/\n",
};
const broken: AptResult = { code: 100, stderr: "W: mirror away\nE: Unable to locate package a\n" };

/** A machine whose apt-get ends as listed, the last of them for ever. */
function scripted(results: readonly AptResult[], lines: readonly string[] = []) {
  const commands: string[] = [];
  const said: string[] = [];
  let waitedSeconds = 0;
  const machine: AptMachine = {
    // deno-lint-ignore require-await
    async run(args, onLine) {
      lines.forEach(onLine);
      commands.push(args.includes("update") ? "update" : args.slice(-2).join(" "));
      return results[Math.min(commands.length, results.length) - 1];
    },
    // deno-lint-ignore require-await
    async wait(seconds) {
      waitedSeconds += seconds;
    },
    say: (line) => said.push(line),
  };
  return { machine, commands, said, waitedSeconds: () => waitedSeconds };
}

Deno.test("installPackages() reads the lists, then installs", async () => {
  const { machine, commands, waitedSeconds } = scripted([ok]);
  await installPackages(["a", "b"], machine);
  assert.deepEqual(commands, ["update", "a b"]);
  assert.equal(waitedSeconds(), 0);
});

Deno.test("installPackages() waits while another apt-get holds the lists, and says so once", async () => {
  const { machine, commands, said } = scripted([...Array(20).fill(listsLocked), ok]);
  await installPackages(["a", "b"], machine);
  assert.deepEqual(commands, [...Array(21).fill("update"), "a b"]);
  assert.equal(said.filter((line) => line.includes("process 17 (apt-get)")).length, 1);
});

Deno.test("installPackages() says whom apt-get itself waits for", async () => {
  const line = "Waiting for cache lock: Could not get lock /var/lib/dpkg/lock-frontend. " +
    "It is held by process 5 (dpkg)...";
  const { machine, said } = scripted([ok], [line, line, "Get:1 a"]);
  await installPackages(["a", "b"], machine);
  assert.match(said.join("\n"), /waiting for another installation to end \(process 5 \(dpkg\)\)/);
});

Deno.test("installPackages() gives up on a lock that is never given back", async () => {
  const { machine, waitedSeconds } = scripted([listsLocked]);
  await assert.rejects(installPackages(["a", "b"], machine), /Could not get lock/);
  assert.ok(waitedSeconds() < 3600);
});

Deno.test("installPackages() reads the lists anew when the installation failed", async () => {
  const { machine, commands } = scripted([ok, broken, ok]);
  await installPackages(["a", "b"], machine);
  assert.deepEqual(commands, ["update", "a b", "update", "a b"]);
});

Deno.test("installPackages() throws apt-get's reason when the third attempt fails", async () => {
  const { machine, commands } = scripted([broken]);
  await assert.rejects(installPackages(["a", "b"], machine), (error: Error) => {
    assert.match(error.message, /^Cannot install "a b": expected apt-get to succeed, got:/);
    assert.match(error.message, /Unable to locate package a$/);
    assert.doesNotMatch(error.message, /mirror away/);
    return true;
  });
  assert.equal(commands.length, 3);
});

Deno.test("lockHolder() gives null when the complaint is another", () => {
  assert.equal(lockHolder(broken.stderr), null);
  assert.equal(lockHolder(listsLocked.stderr), "process 17 (apt-get)");
});
