import assert from "node:assert/strict";
import { canInstall } from "../browser/install_chromium.ts";
import { parseClosingLine, plan } from "../run.ts";

Deno.test("plan() looks for a browser only when tests in tests/browser are to run", () => {
  const needs = (...args: string[]) => plan(args).needsBrowser;
  assert.ok(needs());
  assert.ok(needs("tests"));
  assert.ok(needs("./tests/"));
  assert.ok(needs("tests/browser/keyboard_test.ts"));
  assert.ok(needs("tests/format", "tests/browser"));
  assert.ok(!needs("tests/format"));
  assert.ok(!needs("tests/browser_like_test.ts"));
  assert.ok(!needs("--no-browser"));
});

Deno.test("plan() hands on what is not its own", () => {
  assert.deepEqual(plan([]).args, ["tests"]);
  assert.deepEqual(plan(["--no-browser"]).args, ["--ignore=tests/browser", "tests"]);
  assert.deepEqual(plan(["--filter", "parse", "tests/format"]).args, [
    "--filter",
    "parse",
    "tests/format",
  ]);
});

Deno.test("parseClosingLine() reads the counts whatever their colour", () => {
  assert.deepEqual(
    parseClosingLine("\x1b[32mok\x1b[0m | 92 passed | 0 failed \x1b[90m(6s)\x1b[0m\n"),
    {
      nPassed: 92,
      nFailed: 0,
    },
  );
  assert.deepEqual(parseClosingLine("FAILED | 3 passed (7 steps) | 1 failed (2s)\n\nerror: x\n"), {
    nPassed: 3,
    nFailed: 1,
  });
  assert.deepEqual(parseClosingLine("ok | 1 passed | 0 failed\nok | 2 passed | 0 failed\n"), {
    nPassed: 2,
    nFailed: 0,
  });
  assert.equal(parseClosingLine(""), null);
});

Deno.test("canInstall() holds for root on Debian alone", () => {
  assert.ok(canInstall('PRETTY_NAME="x"\nID=debian\n', 0));
  assert.ok(!canInstall("ID=debian\n", 1000));
  assert.ok(!canInstall("ID=debian\n", null));
  assert.ok(!canInstall("ID=ubuntu\nID_LIKE=debian\n", 0));
  assert.ok(!canInstall("", 0));
});
