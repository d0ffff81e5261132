/**
 * Imported before Playwright, which looks on loading whether it runs under WSL: by a file below /proc
 * that Deno lets nobody look for who was not given every permission. With this variable it looks
 * only when the answer is needed, which is when it opens a browser's window; none is opened here.
 */
Deno.env.set("__IS_WSL_TEST__", "1");
