import process from "node:process";
// @ts-types="@types/cli-progress"
import cliProgress from "cli-progress";
import type { OnProgress } from "./onnx/engine.ts";

export { formatBytes } from "./units.ts";

/** One line of progress: what one of several workers is at. */
export interface ReporterRow {
  /** Starts a stage of the work named `subject`; a stage before it ends. */
  stage(subject: string, stage: string): OnProgress;
  /** Ends the stage that is open, if any. */
  end(): void;
}

/** How a scan tells what it is doing; everything goes to standard error. */
export interface Reporter {
  /** A line of its own, above the bars where there are some. */
  line(text: string): void;
  /** A row for work that goes on beside other work. */
  row(): ReporterRow;
}

/** Seconds as people read them: `8 s`, `2 min 05 s`. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  if (durationMs < 9950) return `${(durationMs / 1000).toFixed(1)} s`;
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** Time left of a stage by its rate so far, or "" while that is a guess. */
export function timeLeft(elapsedMs: number, done: number, total: number): string {
  if (elapsedMs < 500 || done <= 0 || done >= total) return "";
  return `${formatDuration(elapsedMs / done * (total - done))} left`;
}

/** A bar for each row, redrawn in place; a stage that has ended leaves nothing behind. */
function terminalReporter(): Reporter {
  let bars: cliProgress.MultiBar | null = null;
  let nOpen = 0;
  const open = () =>
    bars ??= new cliProgress.MultiBar({
      format: "  {subject}  {stage} {bar} {percentage} %  {left}{note}",
      barCompleteChar: "█",
      barIncompleteChar: "░",
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
      stopOnComplete: false,
      fps: 10,
      linewrap: false,
    }, cliProgress.Presets.shades_classic);
  return {
    line(text) {
      if (bars === null) process.stderr.write(text + "\n");
      else {
        bars.log(text + "\n");
        bars.update();
      }
    },
    row() {
      let bar: cliProgress.SingleBar | null = null;
      const end = () => {
        if (bar === null || bars === null) return;
        bars.remove(bar);
        bar = null;
        if (--nOpen > 0) return;
        bars.stop();
        bars = null;
      };
      return {
        stage(subject, stage) {
          const startMs = performance.now();
          const payload = { subject, stage: stage.padEnd(10), left: "", note: "" };
          if (bar === null) {
            bar = open().create(1, 0, payload);
            nOpen++;
          } else {
            bar.setTotal(1);
            bar.update(0, payload);
          }
          const current = bar;
          return (done, total, note = "") => {
            if (current !== bar) return;
            current.setTotal(Math.max(total, 1));
            const left = timeLeft(performance.now() - startMs, done, total);
            current.update(done, { left: left && left + "  ", note });
          };
        },
        end,
      };
    },
  };
}

/** Plain lines, for logs: one when a stage starts and one every ten seconds while it lasts. */
function plainReporter(): Reporter {
  const write = (text: string) => void process.stderr.write(text + "\n");
  const row: ReporterRow = {
    stage(subject, stage) {
      const startMs = performance.now();
      let toldMs = startMs;
      write(`${subject}: ${stage}`);
      return (done, total, note = "") => {
        const nowMs = performance.now();
        if (nowMs - toldMs < 10_000) return;
        toldMs = nowMs;
        const share = total > 0 ? Math.floor(done / total * 100) : 0;
        const left = timeLeft(nowMs - startMs, done, total);
        write([`${subject}: ${stage} ${share} %`, left, note].filter(Boolean).join(", "));
      };
    },
    end() {},
  };
  return { line: write, row: () => row };
}

/** Bars where standard error is a terminal, else plain lines. */
export function createReporter(): Reporter {
  return process.stderr.isTTY ? terminalReporter() : plainReporter();
}
