import { Disposer } from "../state.ts";
import { formatProbability, sayLayer, sayToken } from "../text.ts";
import { graphicsLines, makeMessage, type Message, showMessage, Speaker } from "./message.ts";
import type { PairPanel } from "./pair_panel.ts";

/** As the status of a scan, for two. */
export const pairStatus: PairPanel = (container, { session, graphics, labels, retry }) => {
  const disposer = new Disposer();
  const speaker = new Speaker();
  const message = makeMessage();
  container.append(speaker.element, message);
  const sides = ["a", "b"] as const;

  const sayPlace = () => {
    if (session.a.arrived.value === 0 || session.b.arrived.value === 0) return;
    if (session.playing.value) {
      speaker.say(session.a.waiting.value ? "Waiting for the next layer" : "Playing");
      return;
    }
    const guesses = sides.flatMap((side) => {
      const best = session[side].guesses()[0];
      if (!best) return [];
      return `${labels[side]}: “${sayToken(best.text)}”, ${formatProbability(best.p)}`;
    });
    const other = session.b.layer.value;
    const beside = other === session.layer.value
      ? ""
      : `, beside ${sayLayer(other, session.nFrames)}`;
    speaker.say([sayLayer(session.layer.value, session.nFrames) + beside, ...guesses].join("; "));
  };

  const saySelection = () => {
    const { value } = session.selection;
    if (value.kind === "none") return speaker.say("No particles chosen");
    const { ladder } = session;
    const tokens = [...session.rungsOf(value)].map((rung) => {
      const { a, b } = ladder[rung] ?? { a: null, b: null };
      const text = a !== null
        ? session.a.header.value?.tokens[a]?.text
        : session.b.header.value?.tokens[b ?? -1]?.text;
      return `“${sayToken(text ?? "")}”`;
    });
    const n = session.particlesOf(value, "a").union(session.particlesOf(value, "b")).size;
    const reading = tokens.length > 0 ? ` that read ${tokens.slice(0, 4).join(", ")}` : "";
    speaker.say(`${n} ${n === 1 ? "particle" : "particles"}${reading} chosen`);
  };

  /** What is wrong, the gravest first. */
  const judge = (): Omit<Message, "small"> => {
    for (const side of sides) {
      const loading = session[side].loading.value;
      if (loading.kind === "failed") {
        return { lines: [`${labels[side]}: ${loading.error.sentence}`], again: true };
      }
    }
    const ill = graphicsLines(graphics.value);
    if (ill !== null) return ill;
    const pair = session.pairLoading.value;
    if (pair.kind === "failed") {
      return { lines: [`The measures of the comparison: ${pair.error.sentence}`], again: true };
    }
    const difference = session.differenceLoading.value;
    if (difference.kind !== "failed") return { lines: [], again: false };
    return {
      lines: [`The directions of the difference: ${difference.error.sentence}`],
      again: false,
    };
  };
  const draw = () => {
    const hasPicture = session.a.arrived.value + session.b.arrived.value > 0;
    showMessage(message, { ...judge(), small: hasPicture && graphics.value !== "lost" }, retry);
  };

  disposer.add(
    () => speaker.dispose(),
    session.layer.subscribe(() => {
      if (!session.playing.value) sayPlace();
    }),
    session.playing.subscribe(sayPlace),
    session.a.waiting.subscribe(sayPlace),
    session.selection.subscribe(saySelection),
    session.pairLoading.subscribe(draw),
    session.differenceLoading.subscribe(draw),
    graphics.subscribe(draw),
    ...sides.map((side) =>
      session[side].loading.subscribe(({ kind }) => {
        if (kind === "loading") speaker.say("Loading both scans");
        if (kind === "complete") sayPlace();
        draw();
      })
    ),
  );
  draw();
  return () => {
    disposer.dispose();
    container.replaceChildren();
  };
};
